package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ListTest extends SimulatorTestBase {

    private List<String> list(String filter) {
        return ids(client.call("ListPrebuilds", "{\"filter\":{" + filter + "}}"));
    }

    private static List<String> ids(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.path("prebuilds").forEach(one -> ids.add(one.path("id").asText()));
        return ids;
    }

    private static String quoted(String field, String... values) {
        return "\"" + field + "\":[\"" + String.join("\",\"", values) + "\"]";
    }

    private List<String> createSeveral(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(client.create(project));
        }
        return ids;
    }

    @Test
    void theNewestComesFirstAndIdsSayTheSame() {
        List<String> created = createSeveral(3);
        clock.advanceSeconds(1);
        created.add(client.create(project));

        List<String> sorted = new ArrayList<>(created);
        Collections.sort(sorted);
        assertThat(created, is(sorted));
        Collections.reverse(created);
        assertThat(list(""), is(created));
        assertThat(UUID.fromString(created.get(0)).version(), is(7));
        assertThat(UUID.fromString(created.get(0)).variant(), is(2));
    }

    @Test
    void aPageHas25UnlessToldOtherwise() {
        createSeveral(26);

        assertThat(list("").size(), is(25));
        assertThat(
                ids(client.call("ListPrebuilds", "{\"pagination\":{\"pageSize\":100}}"))
                        .size(),
                is(26));
    }

    @Test
    void pagingShowsEachOnceEvenIfNewOnesCome() {
        List<String> created = createSeveral(7);
        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            JsonNode page =
                    client.call("ListPrebuilds", "{\"pagination\":{\"pageSize\":3,\"token\":\"" + token + "\"}}");
            seen.addAll(ids(page));
            token = page.at("/pagination/nextToken").asText();
            client.create(project);
        } while (!token.isEmpty());

        Collections.reverse(created);
        assertThat(seen, is(created));
    }

    @Test
    void aFullLastPageHasNoNextToken() {
        createSeveral(4);

        JsonNode first = client.call("ListPrebuilds", "{\"pagination\":{\"pageSize\":2}}");
        JsonNode second = client.call(
                "ListPrebuilds",
                "{\"pagination\":{\"pageSize\":2,\"token\":\""
                        + first.at("/pagination/nextToken").asText() + "\"}}");
        assertThat(ids(second).size(), is(2));
        assertThat(second.path("pagination").toString(), is("{}"));
    }

    @Test
    void aTokenBelongsToItsQuestion() {
        createSeveral(3);
        String token = client.call("ListPrebuilds", "{\"pagination\":{\"pageSize\":2}}")
                .at("/pagination/nextToken")
                .asText();

        assertRefused(
                client.post(
                        "ListPrebuilds",
                        "{\"pagination\":{\"token\":\"" + token + "\"},\"filter\":{"
                                + quoted("projectIds", project.id()) + "}}"),
                400,
                "invalid_argument");
        assertRefused(
                client.post("ListProjects", "{\"pagination\":{\"token\":\"" + token + "\"}}"), 400, "invalid_argument");
    }

    @Test
    void filtersByProjectPhaseTriggerAndCreator() {
        SimProject other = simulator.addProject("other");
        SimProject third = simulator.addProject("third");
        TestClient colleague = new TestClient(simulator, simulator.account("colleague"));
        String old = client.create(project);
        clock.advance(Duration.ofMinutes(20));
        String fresh = client.create(project);
        String elsewhere = client.create(other);
        String theirs = colleague.create(project);
        client.create(third);
        simulator.prebuild(fresh).scheduled();

        assertThat(list(quoted("projectIds", other.id())), contains(elsewhere));
        assertThat(list(quoted("projectIds", project.id(), other.id())), contains(theirs, elsewhere, fresh, old));
        assertThat(list(quoted("projectIds", UUID.randomUUID().toString())), empty());
        assertThat(list(quoted("phases", "PREBUILD_PHASE_COMPLETED")), contains(old));
        assertThat(list(quoted("triggeredBy", "PREBUILD_TRIGGER_SCHEDULED")), contains(fresh));
        String theirId = simulator.account("colleague").subjectId();
        assertThat(list(quoted("creatorIds", theirId)), contains(theirs));
        assertThat(list(quoted("executorIds", theirId)), contains(theirs));
        assertThat(
                list(quoted("projectIds", project.id()) + "," + quoted("creatorIds", account.subjectId()) + ","
                        + quoted("phases", "PREBUILD_PHASE_PENDING", "PREBUILD_PHASE_COMPLETED") + ","
                        + quoted("triggeredBy", "PREBUILD_TRIGGER_MANUAL")),
                contains(old));
    }

    @Test
    void manyPrebuildsOfManyProjectsArePagedInOrder() {
        SimProject other = simulator.addProject("other");
        List<String> created = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            created.add(client.create(i % 3 == 0 ? other : project));
        }
        String both = "\"filter\":{" + quoted("projectIds", project.id(), other.id()) + "}";

        JsonNode first = client.call("ListPrebuilds", "{\"pagination\":{\"pageSize\":40}," + both + "}");
        JsonNode second = client.call(
                "ListPrebuilds",
                "{\"pagination\":{\"token\":\""
                        + first.at("/pagination/nextToken").asText() + "\"}," + both + "}");
        List<String> seen = ids(first);
        seen.addAll(ids(second));
        Collections.reverse(created);
        assertThat(seen, is(created));
    }

    @Test
    void projectsAreFoundByIdNameAndRepository() {
        SimProject other = simulator.addProject("Other Shop").remoteUri("https://git.example.com/other.git");

        assertThat(projects("\"filter\":{" + quoted("projectIds", other.id()) + "}"), contains("Other Shop"));
        assertThat(projects("\"filter\":{\"search\":\"OTHER\"}"), contains("Other Shop"));
        assertThat(projects("\"filter\":{\"search\":\"shop\"}"), contains("shop", "Other Shop"));
        assertThat(
                projects("\"filter\":{" + quoted("specRemoteUris", "https://git.example.com/other.git") + "}"),
                contains("Other Shop"));
        assertThat(projects("\"filter\":{" + quoted("specRemoteUris", "https://git.example.com/other") + "}"), empty());
    }

    @Test
    void projectsAreSearchedByNameIdAndRepositoryInAnyCase() {
        project.remoteUri("git@git.example.com:team/Checkout.git");
        simulator.addProject("Third").remoteUri("https://git.example.com/checkout/other");

        assertThat(projects("\"filter\":{\"search\":\"cHeckout\"}"), contains("shop"));
        assertThat(
                projects("\"filter\":{\"search\":\"" + project.id().toUpperCase(Locale.ROOT) + "\"}"),
                contains("shop"));
        assertThat(projects("\"filter\":{\"search\":\"git.example.com\"}"), empty());
    }

    @Test
    void projectsAreSortedByPopularityOrId() {
        SimProject popular = simulator.addProject("popular").popularity(7);
        String desc = ",\"order\":\"SORT_ORDER_DESC\"}";
        String asc = ",\"order\":\"SORT_ORDER_ASC\"}";

        assertThat(projects(""), contains("popular", "shop"));
        assertThat(projects("\"sort\":{\"field\":\"popularity\"" + asc), contains("shop", "popular"));
        assertThat(projects("\"sort\":{\"field\":\"popularity\"}"), contains("popular", "shop"));
        popular.popularity(-1);
        assertThat(projects(""), contains("shop", "popular"));
        assertThat(projects("\"sort\":{\"field\":\"id\"" + asc), contains("shop", "popular"));
        assertThat(projects("\"sort\":{\"field\":\"id\"" + desc), contains("popular", "shop"));
        assertRefused(client.post("ListProjects", "{\"sort\":{\"field\":\"name\"}}"), 400, "invalid_argument");
    }

    @Test
    void projectsCanBeCountedOnTheFirstPage() {
        simulator.addProject("second");
        String body = "\"count\":{\"include\":true},\"pagination\":{\"pageSize\":1";

        JsonNode first = client.call("ListProjects", "{" + body + "}}");
        assertThat(first.path("count").toString(), is("{\"value\":2,\"relation\":\"COUNT_RESPONSE_RELATION_EQ\"}"));
        String token = first.at("/pagination/nextToken").asText();
        assertThat(
                client.call("ListProjects", "{" + body + ",\"token\":\"" + token + "\"}}")
                        .has("count"),
                is(false));
    }

    @Test
    void projectsAndClassesAreThoseOfOneRemoteRunner() {
        String remote = "\"filter\":{" + quoted("runnerKinds", "RUNNER_KIND_LOCAL", "RUNNER_KIND_REMOTE") + "}";
        String local = "\"filter\":{" + quoted("runnerKinds", "RUNNER_KIND_LOCAL") + "}";
        String other = "\"filter\":{" + quoted("runnerIds", project.id()) + "}";
        simulator.addEnvironmentClass("Old").enabled(false);

        assertThat(projects(remote), contains("shop"));
        assertThat(projects(local), empty());
        assertThat(projects(other), empty());
        assertThat(projects("\"filter\":{" + quoted("creatorIds", project.id()) + "}"), empty());
        assertThat(classes(remote), contains("Regular", "Old"));
        assertThat(classes(local), empty());
        assertThat(classes(other), empty());
        assertThat(classes("\"filter\":{" + quoted("runnerProviders", "RUNNER_PROVIDER_GCP") + "}"), empty());
        assertThat(classes("\"filter\":{\"enabled\":true}"), contains("Regular"));
        assertThat(classes("\"filter\":{\"enabled\":false}"), contains("Old"));
        assertThat(classes("\"filter\":{\"canCreateEnvironments\":true}"), contains("Regular"));
    }

    private List<String> classes(String body) {
        List<String> names = new ArrayList<>();
        client.call("ListEnvironmentClasses", "{" + body + "}")
                .path("environmentClasses")
                .forEach(one -> names.add(one.path("displayName").asText()));
        return names;
    }

    @Test
    void aListOfProjectsHasNoEnvironmentClasses() {
        JsonNode listed = client.call("ListProjects", "{}").at("/projects/0");
        JsonNode read = client.call("GetProject", "{\"projectId\":\"" + project.id() + "\"}")
                .path("project");

        assertThat(listed.has("environmentClasses"), is(false));
        assertThat(read.path("environmentClasses").size(), is(1));
        assertThat(listed.path("prebuildConfiguration"), is(read.path("prebuildConfiguration")));
    }

    private List<String> projects(String body) {
        List<String> names = new ArrayList<>();
        client.call("ListProjects", "{" + body + "}")
                .path("projects")
                .forEach(one -> names.add(one.at("/metadata/name").asText()));
        return names;
    }

    @Test
    void projectsArePaged() {
        simulator.addProject("second");
        JsonNode first = client.call("ListProjects", "{\"pagination\":{\"pageSize\":1}}");
        JsonNode second = client.call(
                "ListProjects",
                "{\"pagination\":{\"pageSize\":1,\"token\":\""
                        + first.at("/pagination/nextToken").asText() + "\"}}");

        assertThat(first.at("/projects/0/metadata/name").asText(), is("shop"));
        assertThat(second.at("/projects/0/metadata/name").asText(), is("second"));
        assertThat(second.at("/pagination").toString(), is("{}"));
    }
}

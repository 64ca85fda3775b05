package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswersTest {

    @Test
    void aWholePrebuildIsRead() throws Exception {
        Prebuild prebuild = Answers.prebuildAnswer(json("""
                {"prebuild": {
                  "id": "pb",
                  "metadata": {"organizationId": "org", "projectId": "pr", "environmentClassId": "ec",
                    "creator": {"id": "cr", "principal": "PRINCIPAL_USER"}, "executor": {"id": "ex"},
                    "createdAt": "2026-08-01T10:00:00Z", "updatedAt": "2026-08-01T10:00:01.5Z",
                    "triggeredBy": "PREBUILD_TRIGGER_MANUAL"},
                  "spec": {"specVersion": "7", "desiredPhase": "PREBUILD_PHASE_COMPLETED", "timeout": "3600s"},
                  "status": {"phase": "PREBUILD_PHASE_SNAPSHOTTING", "completionTime": "2026-08-01T10:11:00Z",
                    "environmentId": "env", "failureMessage": "fm", "warningMessage": "wm",
                    "logUrl": "https://logs.example/x", "snapshotCompletionPercentage": 42,
                    "snapshotSizeBytes": "6442450944", "statusVersion": "9"}}}"""));

        assertThat(
                prebuild,
                is(new Prebuild(
                        "pb",
                        new Prebuild.Metadata("pr", "ec", "cr", Instant.parse("2026-08-01T10:00:00Z"), Trigger.MANUAL),
                        new Prebuild.Spec(PrebuildPhase.COMPLETED, Duration.ofHours(1)),
                        new Prebuild.Status(
                                PrebuildPhase.SNAPSHOTTING,
                                "PREBUILD_PHASE_SNAPSHOTTING",
                                Instant.parse("2026-08-01T10:11:00Z"),
                                "env",
                                "fm",
                                "wm",
                                "https://logs.example/x",
                                42,
                                6442450944L,
                                "9"))));
    }

    @Test
    void anEnvironmentSaysWhatIsCheckedOut() throws Exception {
        assertThat(
                environmentGit("""
                        {"cloneUrl": "https://oauth2:secret@git.example.com/team/shop.git", "branch": "refs/heads/main",
                        "latestCommit": "0123456789ABCDEF0123456789abcdef01234567", "totalChangedFiles": 3}"""),
                is(new EnvironmentGit(
                        "https://git.example.com/team/shop.git", "main", "0123456789abcdef0123456789abcdef01234567")));
        assertThat(
                environmentGit("{\"cloneUrl\": \"git@git.example.com:team/shop.git\"}")
                        .cloneUrl(),
                is("git@git.example.com:team/shop.git"));
    }

    @Test
    void anEnvironmentMayNotSayYetWhatIsCheckedOut() throws Exception {
        EnvironmentGit nothing = new EnvironmentGit(null, null, null);
        assertThat(nothing.hasCommit(), is(false));
        for (String answer : List.of(
                "{}",
                "{\"environment\":{}}",
                "{\"environment\":{\"status\":{\"content\":{\"phase\":\"CONTENT_PHASE_INITIALIZING\"}}}}",
                "{\"environment\":{\"status\":{\"content\":{\"git\":{\"latestCommit\":\"<b>no hash</b>\"}}}}}",
                "{\"environment\":{\"status\":{\"content\":{\"git\":[1]}}}}")) {
            assertThat(answer, Answers.environmentGit(json(answer)), is(nothing));
        }
    }

    private static EnvironmentGit environmentGit(String git) throws Exception {
        return Answers.environmentGit(json("{\"environment\":{\"status\":{\"content\":{\"git\":" + git + "}}}}"));
    }

    @Test
    void aPrebuildWithNothingButItsIdIsRead() throws Exception {
        Prebuild prebuild = Answers.prebuildAnswer(json("{\"prebuild\":{\"id\":\"pb\"}}"));

        assertThat(
                prebuild,
                is(new Prebuild(
                        "pb",
                        new Prebuild.Metadata(null, null, null, null, Trigger.UNKNOWN),
                        new Prebuild.Spec(PrebuildPhase.UNKNOWN, null),
                        new Prebuild.Status(PrebuildPhase.UNKNOWN, "", null, null, null, null, null, 0, 0, null))));
    }

    @Test
    void fieldsAndValuesOfALaterGitpodAreLivedWith() throws Exception {
        Prebuild prebuild = Answers.prebuildAnswer(json("""
                {"new": [1], "prebuild": {"id": "pb", "new": {"a": {}},
                  "metadata": {"triggeredBy": "PREBUILD_TRIGGER_COMMIT", "createdAt": 17, "creator": "someone"},
                  "spec": {"timeout": {"seconds": 5}},
                  "status": {"phase": "PREBUILD_PHASE_NEW_THING", "snapshotCompletionPercentage": "41",
                    "logUrl": {"url": "x"}}}}"""));

        assertThat(prebuild.status().phase(), is(PrebuildPhase.UNKNOWN));
        assertThat(prebuild.status().rawPhase(), is("PREBUILD_PHASE_NEW_THING"));
        assertThat(prebuild.status().snapshotCompletionPercentage(), is(41));
        assertThat(prebuild.status().logUrl(), is(nullValue()));
        assertThat(prebuild.metadata().triggeredBy(), is(Trigger.UNKNOWN));
        assertThat(prebuild.metadata().createdAt(), is(nullValue()));
        assertThat(prebuild.metadata().creatorId(), is(nullValue()));
        assertThat(prebuild.spec().timeout(), is(nullValue()));
    }

    @ParameterizedTest
    @CsvSource({"-5, -1, 0, 0", "101, 7, 100, 7", "99, 9223372036854775807, 99, 9223372036854775807"})
    void figuresStayWithinTheirRange(String percent, String bytes, int expectedPercent, long expectedBytes)
            throws Exception {
        Prebuild.Status status =
                Answers.prebuildAnswer(json("""
                {"prebuild":{"id":"pb","status":{"snapshotCompletionPercentage":%s,"snapshotSizeBytes":"%s"}}}""".formatted(percent, bytes))).status();

        assertThat(status.snapshotCompletionPercentage(), is(expectedPercent));
        assertThat(status.snapshotSizeBytes(), is(expectedBytes));
    }

    @Test
    void aPhaseGivenAsANumberIsKeptAsUnknown() throws Exception {
        Prebuild.Status status = Answers.prebuildAnswer(json("{\"prebuild\":{\"id\":\"pb\",\"status\":{\"phase\":3}}}"))
                .status();

        assertThat(status.phase(), is(PrebuildPhase.UNKNOWN));
        assertThat(status.rawPhase(), is("3"));
    }

    @Test
    void aPageOfPrebuildsIsRead() throws Exception {
        PrebuildPage page = Answers.prebuildPage(
                json("{\"pagination\":{\"nextToken\":\"n\"},\"prebuilds\":[{\"id\":\"b\"},{\"id\":\"a\"}]}"));

        assertThat(page.prebuilds().stream().map(Prebuild::id).toList(), is(List.of("b", "a")));
        assertThat(page.nextPage(), is("n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}",
                "{\"pagination\":{}}",
                "{\"pagination\":{\"nextToken\":\"\"},\"prebuilds\":[],\"projects\":[],\"environmentClasses\":[]}",
                "{\"pagination\":null,\"prebuilds\":null,\"projects\":null,\"environmentClasses\":null}"
            })
    void anEmptyPageIsTheLastOne(String answer) throws Exception {
        assertThat(Answers.prebuildPage(json(answer)), is(new PrebuildPage(List.of(), null)));
        assertThat(Answers.projectPage(json(answer)), is(new ProjectPage(List.of(), null)));
        assertThat(Answers.environmentClassPage(json(answer)), is(new EnvironmentClassPage(List.of(), null)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; no id",
                "{\"prebuild\":null}; no id",
                "{\"prebuild\":[]}; no id",
                "{\"prebuild\":{\"id\":\"\"}}; no id",
                "{\"prebuild\":{\"id\":7}}; no id"
            })
    void aPrebuildWithoutAnIdIsNoAnswer(String answer, String reason) {
        Exception e = assertThrows(UnexpectedAnswerException.class, () -> Answers.prebuildAnswer(json(answer)));

        assertThat(e.getMessage(), containsString(reason));
    }

    @Test
    void aListOfSomethingElseIsNoAnswer() {
        assertThrows(UnexpectedAnswerException.class, () -> Answers.prebuildPage(json("{\"prebuilds\":{}}")));
        assertThrows(UnexpectedAnswerException.class, () -> Answers.prebuildPage(json("{\"prebuilds\":[7]}")));
        assertThrows(UnexpectedAnswerException.class, () -> Answers.projectPage(json("{\"projects\":[{}]}")));
    }

    @Test
    void anIdentityIsRead() throws Exception {
        assertThat(Answers.identity(json("""
                        {"organizationId":"org","subject":{"id":"me","principal":"PRINCIPAL_SERVICE_ACCOUNT"}}""")), is(new Identity("me", "PRINCIPAL_SERVICE_ACCOUNT", "org")));
        assertThrows(UnexpectedAnswerException.class, () -> Answers.identity(json("{\"organizationId\":\"org\"}")));
    }

    @Test
    void aLogsTokenIsRead() throws Exception {
        assertThat(Answers.logsToken(json("{\"accessToken\":\"t\"}")).text(), is("t"));
        assertThrows(UnexpectedAnswerException.class, () -> Answers.logsToken(json("{}")));
    }

    @Test
    void aProjectIsReadWithItsClassesInOrderAndItsFirstGitRepository() throws Exception {
        Project project = Answers.projectAnswer(json("""
                {"project": {"id": "pr", "metadata": {"name": "Shop"},
                  "initializer": {"specs": [{"contextUrl": {"url": "https://example.org"}},
                    {"git": {"remoteUri": "https://example.org/shop.git", "cloneTarget": "main"}},
                    {"git": {"remoteUri": "https://example.org/other.git"}}]},
                  "environmentClasses": [{"environmentClassId": "second", "order": 1}, {"localRunner": true, "order": 3},
                    {"environmentClassId": "third", "order": 2}, {"environmentClassId": "first"}],
                  "devcontainerFilePath": ".devcontainer/web/devcontainer.json", "automationsFilePath": "ona.yaml",
                  "prebuildConfiguration": {"enabled": true, "environmentClassIds": ["first", "second"],
                    "timeout": "3600s"}}}"""));

        assertThat(
                project,
                is(new Project(
                        "pr",
                        "Shop",
                        "https://example.org/shop.git",
                        ProjectTarget.branch("main"),
                        List.of("first", "second", "third"),
                        new Project.PrebuildConfiguration(true, List.of("first", "second")),
                        false,
                        new Project.Files(".devcontainer/web/devcontainer.json", "ona.yaml"))));
    }

    @Test
    void aProjectWithoutPathsDoesNotSayWhereItsFilesAre() throws Exception {
        Project project = Answers.projectAnswer(json("""
                {"project": {"id": "pr", "devcontainerFilePath": ""}}"""));

        assertThat(project.files(), is(new Project.Files(null, null)));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "CLONE_TARGET_MODE_REMOTE_HEAD, HEAD, DEFAULT_BRANCH, ''",
                "CLONE_TARGET_MODE_REMOTE_HEAD, main, DEFAULT_BRANCH, ''",
                "CLONE_TARGET_MODE_REMOTE_HEAD, -, DEFAULT_BRANCH, ''",
                "CLONE_TARGET_MODE_LOCAL_BRANCH, work, DEFAULT_BRANCH, ''",
                "CLONE_TARGET_MODE_REMOTE_BRANCH, develop, BRANCH, develop",
                "CLONE_TARGET_MODE_REMOTE_BRANCH, refs/heads/develop, BRANCH, develop",
                "CLONE_TARGET_MODE_REMOTE_BRANCH, -, DEFAULT_BRANCH, ''",
                "CLONE_TARGET_MODE_REMOTE_COMMIT, 0a1b2c, COMMIT, 0a1b2c",
                "CLONE_TARGET_MODE_REMOTE_COMMIT, -, UNKNOWN, ''",
                "CLONE_TARGET_MODE_REMOTE_TAG, v1, TAG, v1",
                "CLONE_TARGET_MODE_REMOTE_TAG, refs/tags/v1, TAG, v1",
                "CLONE_TARGET_MODE_UNSPECIFIED, develop, BRANCH, develop",
                "-, develop, BRANCH, develop",
                "-, -, DEFAULT_BRANCH, ''",
                "CLONE_TARGET_MODE_OF_TOMORROW, x, UNKNOWN, ''"
            })
    void whatAProjectChecksOutDependsOnTheMode(String mode, String cloneTarget, ProjectTarget.Kind kind, String name)
            throws Exception {
        String fields = (mode == null ? "" : ",\"targetMode\":\"" + mode + "\"")
                + (cloneTarget == null ? "" : ",\"cloneTarget\":\"" + cloneTarget + "\"");
        Project project = Answers.projectAnswer(json("""
                {"project":{"id":"pr","initializer":{"specs":[{"git":{"remoteUri":"https://example.org/shop.git"%s}}]}}}""".formatted(fields)));

        assertThat(project.target(), is(new ProjectTarget(kind, name)));
        assertThat(
                project.target().isPinned(), is(kind == ProjectTarget.Kind.COMMIT || kind == ProjectTarget.Kind.TAG));
    }

    @Test
    void aProjectOfAContextUrlIsOfItsRepositoryAndBranch() throws Exception {
        Project project = Answers.projectAnswer(json("""
                {"project":{"id":"pr","desiredPhase":"PROJECT_PHASE_DELETED","initializer":{"specs":[
                {"contextUrl":{"url":"https://github.com/acme/shop/tree/develop"}}]}}}"""));

        assertThat(project.remoteUri(), is("https://github.com/acme/shop"));
        assertThat(project.target(), is(ProjectTarget.branch("develop")));
        assertThat(project.isDeleted(), is(true));
    }

    @Test
    void aProjectThatWasNeverSetUpHasNoPrebuilds() throws Exception {
        Project project = Answers.projectAnswer(json("{\"project\":{\"id\":\"pr\",\"prebuildConfiguration\":{}}}"));

        assertThat(project.remoteUri(), is(nullValue()));
        assertThat(project.environmentClassIds(), is(empty()));
        assertThat(project.prebuildConfiguration(), is(new Project.PrebuildConfiguration(false, List.of())));
    }

    @Test
    void warmPoolsAreRead() throws Exception {
        List<WarmPool> pools = Answers.warmPools(json("""
                {"pagination":{},"warmPools":[{"id":"a","metadata":{"projectId":"pr","environmentClassId":"c"},
                "spec":{"snapshotId":"s","minSize":2,"maxSize":4},
                "status":{"phase":"WARM_POOL_PHASE_READY","runningInstances":2,"desiredSize":2}},
                {"id":"b","status":{"phase":"WARM_POOL_PHASE_OF_TOMORROW","failureMessage":"no room"}}]}"""));

        assertThat(
                pools,
                is(List.of(
                        new WarmPool("a", "pr", "c", "s", 2, WarmPoolPhase.READY, null, 2),
                        new WarmPool("b", null, null, null, 0, WarmPoolPhase.UNKNOWN, "no room", 0))));
        assertThat(pools.get(0).isServing(), is(true));
        assertThat(pools.get(1).isServing(), is(false));
        assertThat(new WarmPool("a", "pr", "c", "s", 2, WarmPoolPhase.READY, null, 1).isServing(), is(false));
        assertThat(Answers.warmPools(json("{\"pagination\":{}}")), is(empty()));
    }

    @Test
    void aPageOfEnvironmentClassesIsRead() throws Exception {
        EnvironmentClassPage page = Answers.environmentClassPage(json("""
                {"environmentClasses":[{"id":"a","displayName":"Large","description":"8 cores","enabled":true},
                {"id":"b"}],"pagination":{"nextToken":"n"}}"""));

        assertThat(
                page,
                is(new EnvironmentClassPage(
                        List.of(
                                new EnvironmentClass("a", "Large", "8 cores", true),
                                new EnvironmentClass("b", null, null, false)),
                        "n")));
    }

    private static JsonNode json(String text) throws UnexpectedAnswerException {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}

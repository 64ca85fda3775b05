package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.failedCreate;
import static io.jenkins.plugins.gitpod.api.Clients.failedGet;
import static io.jenkins.plugins.gitpod.api.PublicHosts.GITPOD;
import static io.jenkins.plugins.gitpod.api.PublicHosts.ONA;
import static io.jenkins.plugins.gitpod.api.PublicHosts.THIRD;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two hosts of Gitpod's public service count as one; a token gets to no other host. */
class PublicHostsTest {

    private static final String METHOD = "/api/gitpod.v1.PrebuildService/GetPrebuild";

    private PublicHosts hosts;

    @BeforeEach
    void open() throws Exception {
        hosts = new PublicHosts();
    }

    @AfterEach
    void close() {
        hosts.close();
    }

    private GitpodClient client(String host) {
        return hosts.client("https://" + host + "/api");
    }

    @ParameterizedTest
    @CsvSource({"307, app.ona.com, app.gitpod.io", "308, app.ona.com, app.gitpod.io", "308, app.gitpod.io, app.ona.com"
    })
    void aCallIsSentOnceMoreToTheOtherHostAndLaterCallsGoThere(int status, String entered, String other)
            throws Exception {
        hosts.on(entered, PublicHosts.redirectTo(status, other));
        GitpodClient client = client(entered);

        assertThat(client.getPrebuild(Clients.PREBUILD).id(), is(Clients.PREBUILD));
        assertThat(client.getPrebuild(Clients.PREBUILD).id(), is(Clients.PREBUILD));
        client.cancelPrebuild(Clients.PREBUILD);

        assertThat(hosts.asked(), contains(entered, other, other, other));
        assertThat(hosts.requests().stream().map(each -> each.body()).distinct().count(), is(1L));
        assertThat(
                hosts.requests().stream().map(each -> each.authorization()).toList(),
                everyItem(is("Bearer " + Clients.TOKEN)));
    }

    @Test
    void aCreateIsCarriedOutOnceByTheOtherHost() throws Exception {
        hosts.on(ONA, PublicHosts.redirectTo(308, GITPOD));
        GitpodClient client = client(ONA);

        assertThat(Clients.create(client).id(), is(Clients.PREBUILD));

        assertThat(hosts.asked(), contains(ONA, GITPOD));
        assertThat(hosts.requests().get(1).body(), is(hosts.requests().get(0).body()));
        // What one kind of call has learned, all know.
        client.getPrebuild(Clients.PREBUILD);
        assertThat(hosts.asked(), contains(ONA, GITPOD, GITPOD));
    }

    @Test
    void aCreateWhoseSecondAnswerIsLostIsUnclearAndNotSentAThirdTime() {
        hosts.on(ONA, PublicHosts.redirectTo(308, GITPOD));
        hosts.on(GITPOD, exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.close();
        });

        GitpodException e = failedCreate(client(ONA));

        assertThat(e.kind(), is(Kind.CONNECTION_LOST));
        assertThat(e.delivery(), is(Delivery.UNCLEAR));
        assertThat(hosts.asked(), contains(ONA, GITPOD));
    }

    @Test
    void aCreateThatTheOtherHostRefusesIsRefused() {
        hosts.on(ONA, PublicHosts.redirectTo(308, GITPOD));
        hosts.on(
                GITPOD,
                exchange -> TlsServer.answer(400, "{\"code\":\"failed_precondition\"}")
                        .handle(exchange));

        GitpodException e = failedCreate(client(ONA));

        assertThat(e.code(), is(ErrorCode.FAILED_PRECONDITION));
        assertThat(e.delivery(), is(Delivery.ANSWERED));
    }

    @Test
    void hostsThatPointToEachOtherAreAskedOnceEach() {
        hosts.on(ONA, PublicHosts.redirectTo(308, GITPOD));
        hosts.on(GITPOD, PublicHosts.redirectTo(307, ONA));
        GitpodClient client = client(ONA);

        GitpodException e = failedCreate(client);

        assertThat(e.kind(), is(Kind.REDIRECT));
        assertThat(e.delivery(), is(Delivery.ANSWERED));
        assertThat(e.redirectBase(), is(Optional.of("https://app.ona.com/api")));
        assertThat(hosts.asked(), contains(ONA, GITPOD));
        // Nothing is remembered of it.
        failedGet(client);
        assertThat(hosts.asked(), contains(ONA, GITPOD, ONA, GITPOD));
    }

    @Test
    void aServiceThatTurnsRoundIsFollowedBack() throws Exception {
        hosts.on(ONA, PublicHosts.redirectTo(308, GITPOD));
        GitpodClient client = client(ONA);
        client.getPrebuild(Clients.PREBUILD);
        hosts.on(ONA, exchange -> TlsServer.answer(200, Clients.MADE).handle(exchange));
        hosts.on(GITPOD, PublicHosts.redirectTo(308, ONA));

        client.getPrebuild(Clients.PREBUILD);
        client.getPrebuild(Clients.PREBUILD);

        assertThat(hosts.asked(), contains(ONA, GITPOD, GITPOD, ONA, ONA));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://" + THIRD + METHOD,
                "https://evil.example" + METHOD,
                "http://" + GITPOD + METHOD,
                "http://" + GITPOD + ":443" + METHOD,
                "https://" + GITPOD + ":8443" + METHOD,
                "https://" + GITPOD + "/api/gitpod.v1.PrebuildService/DeletePrebuild",
                "https://" + GITPOD + "/login",
                "https://" + GITPOD + "/other" + METHOD,
                "https://" + GITPOD + METHOD + "/",
                "https://" + GITPOD + METHOD + "?next=1",
                "https://" + GITPOD + METHOD + "#part",
                "https://me@" + GITPOD + METHOD,
                "https://www." + GITPOD + METHOD,
                "https://" + ONA + METHOD,
                METHOD,
                "//evil.example" + METHOD,
                "/login"
            })
    void noOtherRedirectIsFollowed(String location) {
        hosts.on(ONA, PublicHosts.redirect(308, location));

        GitpodException e = failedGet(client(ONA));

        assertThat(e.kind(), is(Kind.REDIRECT));
        assertThat(hosts.asked(), contains(ONA));
        assertThat(hosts.lookedUp(), everyItem(is(ONA)));
        assertThat(hosts.ports(), everyItem(is(443)));
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 305})
    void noOtherStatusIsFollowed(int status) {
        hosts.on(ONA, PublicHosts.redirectTo(status, GITPOD));

        assertThat(failedGet(client(ONA)).kind(), is(Kind.REDIRECT));
        assertThat(hosts.asked(), contains(ONA));
    }

    /** Case and port are how a URL is written, not where it leads. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTPS://APP.GITPOD.IO" + METHOD,
                "https://app.gitpod.io:443" + METHOD,
                "//app.gitpod.io" + METHOD
            })
    void theTargetMayBeWrittenInAnyWay(String location) throws Exception {
        hosts.on(ONA, PublicHosts.redirect(308, location));

        client(ONA).getPrebuild(Clients.PREBUILD);

        assertThat(hosts.asked(), contains(ONA, GITPOD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://app.gitpod.io.example/api", "https://app.ona.com:8443/api", "https://localhost/api"})
    void anotherEndpointIsNotOneOfThePair(String url) {
        for (String host : List.of(THIRD, "app.ona.com:8443", "localhost")) {
            hosts.on(host, PublicHosts.redirectTo(308, GITPOD));
        }

        GitpodException e = failedGet(hosts.client(url));

        assertThat(e.kind(), is(Kind.REDIRECT));
        assertThat(e.redirectBase(), is(Optional.of("https://app.gitpod.io/api")));
        assertThat(hosts.asked().size(), is(1));
        assertThat(hosts.lookedUp(), everyItem(not(is(GITPOD))));
    }

    @Test
    void theStreamOpensOnTheOtherHostInEitherForm() throws Exception {
        hosts.on(ONA, PublicHosts.redirectTo(308, GITPOD));
        String event = "{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\",\"resourceId\":\"p1\"}";
        hosts.on(GITPOD, exchange -> {
            String type = exchange.getRequestHeaders().getFirst("Accept");
            if (type.equals("application/connect+json")) {
                exchange.sendResponseHeaders(415, -1);
            } else {
                exchange.getResponseHeaders().set("Content-Type", type);
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write((event + "\n").getBytes(StandardCharsets.UTF_8));
            }
            exchange.close();
        });
        GitpodClient client = client(ONA);
        List<PrebuildEvent> heard = new ArrayList<>();

        Streams.read(client.events(hosts.streams()), into(heard));

        assertThat(hosts.asked(), contains(ONA, GITPOD, GITPOD));
        assertThat(heard, contains(new PrebuildEvent("p1", false)));
    }

    @Test
    void framesComeFromTheOtherHost() throws Exception {
        hosts.on(ONA, PublicHosts.redirectTo(307, GITPOD));
        byte[] event =
                "{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\",\"resourceId\":\"p2\"}".getBytes(StandardCharsets.UTF_8);
        hosts.on(GITPOD, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/connect+json");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody()
                    .write(ByteBuffer.allocate(event.length + 12)
                            .put((byte) 0)
                            .putInt(event.length)
                            .put(event)
                            .put((byte) 2)
                            .putInt(2)
                            .put("{}".getBytes(StandardCharsets.UTF_8))
                            .array());
            exchange.close();
        });
        List<PrebuildEvent> heard = new ArrayList<>();

        Streams.read(client(ONA).events(hosts.streams()), into(heard));

        assertThat(hosts.asked(), contains(ONA, GITPOD));
        assertThat(heard, contains(new PrebuildEvent("p2", false)));
        assertThat(hosts.requests().get(1).authorization(), containsString(Clients.TOKEN));
    }

    private static EventStream.Listener into(List<PrebuildEvent> heard) {
        return new EventStream.Listener() {
            @Override
            public void opened() {}

            @Override
            public void event(PrebuildEvent event) {
                heard.add(event);
            }
        };
    }
}

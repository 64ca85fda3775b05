package io.jenkins.plugins.gitpod.request;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThrottleQueueTest {

    private final Map<String, Integer> free = new HashMap<>();
    private final ThrottleQueue places = new ThrottleQueue(name -> free.getOrDefault(name, 0));
    private final List<String> gone = new ArrayList<>();

    private void come(String connection, String job, String build) throws Exception {
        come(connection, job, build, () -> {
            gone.add(build);
            free.merge(connection, -1, Integer::sum);
        });
    }

    private ThrottleQueue.Admission come(String connection, String job, String build, Runnable submit)
            throws Exception {
        UUID id = UUID.randomUUID();
        PrebuildRequest request = new PrebuildRequest(
                id,
                new Connection(connection, GitpodEndpoint.parse("https://gitpod.example/api"), false),
                "project",
                null,
                null,
                false,
                true);
        RequestOrigin origin = new RequestOrigin(build, job, null, null);
        return places.admit(
                id,
                new ThrottleQueue.Waiting(
                        () -> new OpenPrebuild(request, origin, Instant.EPOCH, null), submit, () -> {}));
    }

    @Test
    void whereThereIsAPlaceNobodyWaits() throws Exception {
        free.put("eu", 2);
        come("eu", "a", "a#1");
        come("eu", "a", "a#2");
        come("eu", "a", "a#3");
        assertThat(gone, contains("a#1", "a#2"));
        assertThat(places.all(), hasSize(1));
    }

    @Test
    void jobsTakeTurnsAndWithinAJobTheFirstToComeIsTheFirstToGo() throws Exception {
        for (int i = 1; i <= 500; i++) {
            come("eu", "busy", "busy#" + i);
        }
        come("eu", "small", "small#1");
        come("eu", "small", "small#2");
        for (int i = 0; i < 6; i++) {
            free.put("eu", 1);
            places.next();
        }
        assertThat(gone, contains("busy#1", "small#1", "busy#2", "small#2", "busy#3", "busy#4"));
    }

    @Test
    void noMoreGoThanThereArePlaces() throws Exception {
        for (int i = 1; i <= 1000; i++) {
            come("eu", "job" + i % 20, "#" + i);
        }
        free.put("eu", 7);
        assertThat(places.next(), is(true));
        assertThat(gone, hasSize(7));
        while (places.next()) {
            assertThat(free.get("eu"), is(0));
            free.put("eu", 50);
        }
        assertThat(gone, hasSize(1000));
        assertThat(gone.indexOf("#1000"), is(999));
        assertThat(places.all(), is(empty()));
    }

    @Test
    void oneConnectionWithoutPlacesHoldsUpNoOther() throws Exception {
        come("eu", "a", "a#1");
        come("us", "b", "b#1");
        free.put("us", 1);
        places.next();
        assertThat(gone, contains("b#1"));
        assertThat(gone.indexOf("a#1"), is(lessThan(0)));
    }

    @Test
    void withoutAMaximumNoRequestWaitsUntilAnotherIsSubmitted() throws Exception {
        free.put("eu", ThrottleQueue.NO_MAXIMUM);
        List<ThrottleQueue.Admission> admitted = new ArrayList<>();
        admitted.add(come("eu", "a", "a#1", () -> admitted.add(fromAnotherThread("eu", "b", "b#1"))));
        assertThat(admitted, contains(ThrottleQueue.Admission.SUBMITTED, ThrottleQueue.Admission.SUBMITTED));
    }

    private ThrottleQueue.Admission fromAnotherThread(String connection, String job, String build) {
        try {
            return CompletableFuture.supplyAsync(() -> {
                        try {
                            return come(connection, job, build, () -> {});
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whereAMaximumWasRemovedThoseThatWaitComeFirst() throws Exception {
        come("eu", "a", "a#1");
        free.put("eu", ThrottleQueue.NO_MAXIMUM);
        come("eu", "b", "b#1");
        assertThat(gone, is(empty()));
        places.next();
        assertThat(gone, contains("a#1", "b#1"));
        assertThat(come("eu", "c", "c#1", () -> {}), is(ThrottleQueue.Admission.SUBMITTED));
    }
}

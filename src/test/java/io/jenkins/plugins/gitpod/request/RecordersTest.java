package io.jenkins.plugins.gitpod.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The requests of a build are found, whatever happens to its job. */
class RecordersTest {

    private final Recorders recorders = new Recorders();

    private static RequestRecorder recorder(UUID requestId, Supplier<RequestOrigin> origin) throws Exception {
        PrebuildRequest request = new PrebuildRequest(
                requestId,
                new Connection("eu", GitpodEndpoint.parse("https://gitpod.example.com/api"), false),
                "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                null,
                null,
                false,
                true);
        return new RequestRecorder(request, origin, Instant.EPOCH, null);
    }

    private RequestRecorder added(RequestOrigin origin) throws Exception {
        RequestRecorder recorder = recorder(UUID.randomUUID(), () -> origin);
        recorders.add(recorder);
        return recorder;
    }

    private static RequestOrigin of(String job, int number) {
        return new RequestOrigin(job + "#" + number, job, null, null);
    }

    @Test
    void thoseOfOtherBuildsAreNotFound() throws Exception {
        RequestRecorder one = added(of("team/a#b", 1));
        added(of("team/a", 1));
        added(of("team/a#b", 11));
        assertEquals(List.of(one), recorders.ofBuild("team/a#b#1"));
        assertEquals(List.of(), recorders.ofBuild("team/a#b#2"));
        assertEquals(3, recorders.all().size());
    }

    @Test
    void buildIsFoundByItsNewNameOnceItsJobWasMoved() throws Exception {
        AtomicReference<RequestOrigin> origin = new AtomicReference<>(of("team/shop", 7));
        RequestRecorder recorder = recorder(UUID.randomUUID(), origin::get);
        recorders.add(recorder);
        origin.set(origin.get().relocated("team", "crew"));
        assertEquals(List.of(recorder), recorders.ofBuild("crew/shop#7"));
        assertEquals(List.of(), recorders.ofBuild("team/shop#7"));
        recorders.remove(recorder.requestId());
        assertEquals(List.of(), recorders.ofBuild("crew/shop#7"));
    }

    @Test
    void removedOnesAreNotFound() throws Exception {
        RequestRecorder one = added(of("shop", 1));
        RequestRecorder other = added(of("shop", 1));
        recorders.remove(one.requestId());
        recorders.remove(UUID.randomUUID());
        assertEquals(List.of(other), recorders.ofBuild("shop#1"));
        assertNull(recorders.find(one.requestId()));
    }

    @Test
    void laterOneOfTheSameRequestReplacesTheEarlier() throws Exception {
        UUID requestId = UUID.randomUUID();
        recorders.add(recorder(requestId, () -> of("shop", 1)));
        RequestRecorder later = recorder(requestId, () -> of("shop", 1));
        recorders.add(later);
        recorders.add(later);
        assertSame(later, recorders.find(requestId));
        assertEquals(List.of(later), recorders.ofBuild("shop#1"));
    }

    @Test
    void partsAreFoundByTheWhole() throws Exception {
        UUID whole = UUID.randomUUID();
        RequestRecorder part = added(of("shop", 1).part(new PartOf(whole, "all", List.of("small", "large"))));
        added(of("shop", 1));
        assertEquals(List.of(part), recorders.partsOf(whole));
        assertEquals(2, recorders.ofBuild("shop#1").size());
        recorders.remove(part.requestId());
        assertEquals(List.of(), recorders.partsOf(whole));
    }
}

package io.jenkins.plugins.gitpod.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class PrebuildEventsTest {

    /** Only passed on. */
    private static final Run<?, ?> RUN = null;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Heard heard = new Heard();
    private final List<PrebuildListener> listeners = new ArrayList<>(List.of(heard));
    private final PrebuildEvents events = new PrebuildEvents(() -> listeners, tasks::add);

    private static final class Heard extends PrebuildListener {

        private final List<String> events = new ArrayList<>();

        @Override
        public void onCreated(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            events.add("created " + record.getResult().getPhase());
        }

        @Override
        public void onPhaseChanged(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            events.add("phase " + record.getResult().getPhase());
        }

        @Override
        public void onEnded(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            events.add("ended " + record.getConclusion());
        }
    }

    private static final class Failing extends PrebuildListener {
        @Override
        public void onEnded(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            throw new LinkageError("a listener of another plugin");
        }
    }

    private static PrebuildRecord record(PrebuildPhase phase, EndStatus how) {
        PrebuildResult result = phase == null ? null : new PrebuildResult("id", "https://gitpod.example.com", phase);
        return new PrebuildRecord("request", "project", "eu", false, result, how, how == null ? null : "message");
    }

    private void record(PrebuildRecord... inOrder) {
        PrebuildRecord before = null;
        for (PrebuildRecord each : inOrder) {
            events.recorded(RUN, before, each);
            before = each;
        }
    }

    private List<String> heard() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        return heard.events;
    }

    @Test
    void eachChangeIsToldOnce() {
        record(
                record(PrebuildPhase.PENDING, null),
                record(PrebuildPhase.PENDING, null),
                record(PrebuildPhase.RUNNING, null),
                record(PrebuildPhase.RUNNING, null),
                record(PrebuildPhase.COMPLETED, EndStatus.COMPLETED),
                record(PrebuildPhase.COMPLETED, EndStatus.COMPLETED));
        assertEquals(List.of("created PENDING", "phase RUNNING", "ended COMPLETED"), heard());
    }

    @Test
    void aRequestWithoutAPrebuildOnlyEnds() {
        record(record(null, EndStatus.ERROR));
        record(record(PrebuildPhase.COMPLETED, EndStatus.SKIPPED));
        assertEquals(List.of("ended ERROR", "ended SKIPPED"), heard());
    }

    @Test
    void thePrebuildOfARequestThatEndedBeforeItIsFollowed() {
        record(
                record(PrebuildPhase.RUNNING, null),
                record(PrebuildPhase.RUNNING, EndStatus.LEFT_RUNNING),
                record(PrebuildPhase.COMPLETED, EndStatus.LEFT_RUNNING));
        assertEquals(List.of("created RUNNING", "ended LEFT_RUNNING", "phase COMPLETED"), heard());
    }

    @Test
    void aListenerThatFailsAffectsNoOther() {
        listeners.add(0, new Failing());
        record(record(PrebuildPhase.PENDING, null), record(PrebuildPhase.FAILED, EndStatus.FAILED));
        assertEquals(List.of("created PENDING", "ended FAILED"), heard());
    }

    @Test
    void aListenerHasOneTaskAtATimeAndALimitedQueue() {
        for (int i = 0; i < PrebuildEvents.MAXIMUM_WAITING + 100; i++) {
            record(record(PrebuildPhase.PENDING, null));
        }
        assertEquals(1, tasks.size());
        assertEquals(PrebuildEvents.MAXIMUM_WAITING + 1, heard().size());
    }
}

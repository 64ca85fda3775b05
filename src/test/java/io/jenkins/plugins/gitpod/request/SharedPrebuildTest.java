package io.jenkins.plugins.gitpod.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.request.SharedPrebuild.Left;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.Owners;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who of those who share a prebuild takes it along. */
class SharedPrebuildTest {

    private static final boolean CANCELS = true;
    private static final boolean LEAVES_IT = false;

    @TempDir
    private Path directory;

    private SharedPrebuild sharing;

    private static RequestRecorder observer(boolean detached, boolean cancelOnAbort) throws Exception {
        PrebuildRequest request = new PrebuildRequest(
                UUID.randomUUID(),
                new Connection("eu", GitpodEndpoint.parse("https://gitpod.example.com/api"), false),
                "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                null,
                null,
                detached,
                cancelOnAbort);
        return new RequestRecorder(request, () -> new RequestOrigin("job#1", "job", null, null), Instant.EPOCH, null);
    }

    private RequestRecorder first(boolean detached, boolean cancelOnAbort) throws Exception {
        RequestRecorder first = observer(detached, cancelOnAbort);
        PrebuildRequest request = new PrebuildRequest(
                first.requestId(),
                new Connection("eu", GitpodEndpoint.parse("https://gitpod.example.com/api"), false),
                "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                null,
                null,
                detached,
                cancelOnAbort);
        sharing = new SharedPrebuild(request, first, new CommitHistory(directory, Instant::now));
        return first;
    }

    private RequestRecorder joins(boolean cancelOnAbort) throws Exception {
        RequestRecorder other = observer(false, cancelOnAbort);
        assertTrue(sharing.join(other));
        return other;
    }

    /** As after a restart of Jenkins. */
    private void restart(RequestRecorder first, RequestRecorder... left) {
        Owners saved = sharing.owners();
        PrebuildRequest request = sharing.request();
        sharing = new SharedPrebuild(request, first, new CommitHistory(directory, Instant::now));
        List<RequestRecorder> joined = new ArrayList<>(List.of(left));
        sharing.restore(joined, saved, "prebuild");
    }

    @Test
    void onlyTheLastOneTakesItAlong() throws Exception {
        RequestRecorder first = first(false, CANCELS);
        RequestRecorder second = joins(CANCELS);
        RequestRecorder third = joins(CANCELS);
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(first, true));
        assertEquals(Left.NOTHING, sharing.leave(first, true));
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(third, true));
        assertTrue(sharing.isActive());
        assertEquals(Left.LAST, sharing.leave(second, true));
        assertFalse(sharing.isActive());
        assertFalse(sharing.join(observer(false, CANCELS)), "nobody joins what is being cancelled");
    }

    @Test
    void theLastOneIsTheLastOneAfterARestartToo() throws Exception {
        RequestRecorder first = first(false, CANCELS);
        RequestRecorder second = joins(CANCELS);
        RequestRecorder third = joins(CANCELS);
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(first, true));
        restart(first, second, third);
        assertEquals(Left.NOTHING, sharing.leave(first, true));
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(second, true));
        restart(first, third);
        assertEquals(Left.LAST, sharing.leave(third, true));
    }

    /** So that prebuilds that are cancelled one after the other cannot go on like that over restarts. */
    @Test
    void theRowOfCancelledPrebuildsIsAsOldAsItsFirstOneAfterARestartToo() throws Exception {
        RequestRecorder first = first(false, CANCELS);
        assertEquals(Instant.EPOCH, sharing.rowSince());
        sharing.insteadOf(Instant.EPOCH.minusSeconds(60));
        restart(first);
        assertEquals(Instant.EPOCH.minusSeconds(60), sharing.rowSince());
    }

    @Test
    void whoWantsItToGoOnKeepsItGoingForGood() throws Exception {
        RequestRecorder first = first(false, LEAVES_IT);
        RequestRecorder second = joins(CANCELS);
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(first, true));
        restart(first, second);
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(second, true));
        assertTrue(sharing.isActive());
    }

    @Test
    void aJoinedOneThatWantsItToGoOnLeavesItRunning() throws Exception {
        RequestRecorder first = first(false, CANCELS);
        RequestRecorder second = joins(LEAVES_IT);
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(first, true));
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(second, true));
        assertTrue(sharing.isActive());
    }

    @Test
    void whatItsOnlyOwnerLeavesRunningMayBeJoined() throws Exception {
        RequestRecorder first = first(false, LEAVES_IT);
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(first, true));
        assertTrue(sharing.isActive());
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(joins(CANCELS), true));
        assertTrue(sharing.isActive(), "somebody wanted it to go on");
    }

    @Test
    void whatIsNotMadeYetIsLeftToTheRequest() throws Exception {
        RequestRecorder first = first(false, LEAVES_IT);
        assertEquals(Left.LAST, sharing.leave(first, false));
        assertFalse(sharing.isActive(), "it may come to nothing");
    }

    @Test
    void anAutomaticOneKeepsItGoingUntilItIsDropped() throws Exception {
        RequestRecorder automatic = first(true, CANCELS);
        RequestRecorder second = joins(CANCELS);
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(second, true));
        RequestRecorder third = joins(CANCELS);
        assertEquals(Left.KEEPS_RUNNING, sharing.drop(automatic));
        assertEquals(Left.NOTHING, sharing.drop(automatic));
        assertEquals(Left.CANCEL, sharing.leave(third, true));
        assertFalse(sharing.isActive());
    }

    @Test
    void anAutomaticOneAloneIsCancelledWhenDropped() throws Exception {
        RequestRecorder automatic = first(true, CANCELS);
        assertEquals(Left.CANCEL, sharing.drop(automatic));
        assertFalse(sharing.isActive());
    }

    @Test
    void somebodyElsesIsNeverTakenAlong() throws Exception {
        RequestRecorder first = first(false, LEAVES_IT);
        sharing.ofForeign("prebuild");
        RequestRecorder second = joins(CANCELS);
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(first, true));
        restart(first, second);
        assertTrue(sharing.isForeign());
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(second, true));
        assertTrue(sharing.isActive());
        RequestRecorder automatic = first(true, LEAVES_IT);
        sharing.ofForeign("prebuild");
        assertEquals(Left.KEEPS_RUNNING, sharing.drop(automatic));
    }

    /** Writes down what it is told, then throws. */
    private record Troubled(List<String> told) implements RequestListener {
        @Override
        public boolean isFor(UUID requestId) {
            return false;
        }

        @Override
        public void line(String line) {
            told.add("line");
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void created(PrebuildResult result) {
            told.add("created");
            throw new StackOverflowError("on purpose");
        }

        @Override
        public void concluded(PrebuildRecord record) {
            told.add("concluded " + record.getConclusion());
            throw new NoClassDefFoundError("on purpose");
        }
    }

    /** The prebuild of a step that does not wait may run for hours. */
    @Test
    void aStepThatHasEndedIsNotHeld() throws Exception {
        RequestRecorder first = first(true, CANCELS);
        List<String> told = new ArrayList<>();
        first.attach(new RequestListener() {
            @Override
            public boolean isFor(UUID requestId) {
                return true;
            }

            @Override
            public boolean isDone() {
                return told.contains("created");
            }

            @Override
            public void line(String line) {
                told.add("line");
            }

            @Override
            public void created(PrebuildResult result) {
                told.add("created");
            }

            @Override
            public void concluded(PrebuildRecord record) {
                told.add("concluded");
            }
        });
        first.adopt(new PrebuildResult("prebuild", "https://gitpod.example.com", PrebuildPhase.RUNNING));
        sharing.line(origin -> "afterwards");
        sharing.concluded(new Outcome.NotCreated());
        assertEquals(List.of("created"), told);
    }

    /** As a step that resumes after a restart of Jenkins, when its prebuild has ended. */
    @Test
    void aListenerThatComesLateIsToldTheEnd() throws Exception {
        RequestRecorder first = first(false, CANCELS);
        sharing.concluded(new Outcome.NotCreated());
        Troubled late = new Troubled(new ArrayList<>());
        assertThrows(NoClassDefFoundError.class, () -> first.attach(late));
        assertEquals(List.of("concluded CANCELLED"), late.told());
    }

    /** Without a Jenkins no build can be saved, no token noted, and nothing said in a console that works. */
    @Test
    void everyBuildIsToldTheEndWhateverThrows() throws Exception {
        RequestRecorder first = first(false, CANCELS);
        List<Troubled> listeners = new ArrayList<>();
        List<RequestRecorder> all = new ArrayList<>(List.of(first, joins(CANCELS), joins(CANCELS)));
        for (RequestRecorder each : all) {
            Troubled listener = new Troubled(new ArrayList<>());
            listeners.add(listener);
            each.attach(listener);
        }
        assertEquals(Left.KEEPS_RUNNING, sharing.leave(all.get(2), true));

        sharing.line(origin -> "for all");
        sharing.concluded(new Outcome.NotCreated());

        assertEquals(List.of("line", "concluded CANCELLED"), listeners.get(0).told());
        assertEquals(List.of("line", "concluded CANCELLED"), listeners.get(1).told());
        assertEquals(List.of("concluded CANCELLED"), listeners.get(2).told());
    }
}

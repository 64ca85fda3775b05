package io.jenkins.plugins.gitpod.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.build.Sharing.Left;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who of those who share a prebuild takes it along. */
class SharingTest {

    private static final boolean CANCELS = true;
    private static final boolean LEAVES_IT = false;

    @TempDir
    private Path directory;

    private Sharing sharing;

    private static RecordingObserver observer(boolean detached, boolean cancelOnAbort) throws Exception {
        PrebuildRequest request = new PrebuildRequest(
                UUID.randomUUID(),
                new Connection("eu", GitpodEndpoint.parse("https://gitpod.example.com/api"), false),
                "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                null,
                null,
                detached,
                cancelOnAbort);
        return new RecordingObserver(request, new RequestOrigin("job#1", "job", null, null), Instant.EPOCH, null);
    }

    private RecordingObserver first(boolean detached, boolean cancelOnAbort) throws Exception {
        RecordingObserver first = observer(detached, cancelOnAbort);
        PrebuildRequest request = new PrebuildRequest(
                first.requestId(),
                new Connection("eu", GitpodEndpoint.parse("https://gitpod.example.com/api"), false),
                "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                null,
                null,
                detached,
                cancelOnAbort);
        sharing = new Sharing(request, first, new CommitBook(directory, Instant::now));
        return first;
    }

    private RecordingObserver joins(boolean cancelOnAbort) throws Exception {
        RecordingObserver other = observer(false, cancelOnAbort);
        assertTrue(sharing.join(other));
        return other;
    }

    /** As after a restart of Jenkins. */
    private void restart(RecordingObserver first, RecordingObserver... left) {
        Sharing.Owners saved = sharing.owners();
        PrebuildRequest request = sharing.request();
        sharing = new Sharing(request, first, new CommitBook(directory, Instant::now));
        List<RecordingObserver> joined = new ArrayList<>(List.of(left));
        sharing.restore(joined, saved, "prebuild");
    }

    @Test
    void onlyTheLastOneTakesItAlong() throws Exception {
        RecordingObserver first = first(false, CANCELS);
        RecordingObserver second = joins(CANCELS);
        RecordingObserver third = joins(CANCELS);
        assertEquals(Left.GOES_ON, sharing.leave(first, true));
        assertEquals(Left.NOTHING, sharing.leave(first, true));
        assertEquals(Left.GOES_ON, sharing.leave(third, true));
        assertTrue(sharing.isActive());
        assertEquals(Left.LAST, sharing.leave(second, true));
        assertFalse(sharing.isActive());
        assertFalse(sharing.join(observer(false, CANCELS)), "nobody joins what is being cancelled");
    }

    @Test
    void theLastOneIsTheLastOneAfterARestartToo() throws Exception {
        RecordingObserver first = first(false, CANCELS);
        RecordingObserver second = joins(CANCELS);
        RecordingObserver third = joins(CANCELS);
        assertEquals(Left.GOES_ON, sharing.leave(first, true));
        restart(first, second, third);
        assertEquals(Left.NOTHING, sharing.leave(first, true));
        assertEquals(Left.GOES_ON, sharing.leave(second, true));
        restart(first, third);
        assertEquals(Left.LAST, sharing.leave(third, true));
    }

    @Test
    void whoWantsItToGoOnKeepsItGoingForGood() throws Exception {
        RecordingObserver first = first(false, LEAVES_IT);
        RecordingObserver second = joins(CANCELS);
        assertEquals(Left.GOES_ON, sharing.leave(first, true));
        restart(first, second);
        assertEquals(Left.GOES_ON, sharing.leave(second, true));
        assertTrue(sharing.isActive());
    }

    @Test
    void aJoinedOneThatWantsItToGoOnLeavesItRunning() throws Exception {
        RecordingObserver first = first(false, CANCELS);
        RecordingObserver second = joins(LEAVES_IT);
        assertEquals(Left.GOES_ON, sharing.leave(first, true));
        assertEquals(Left.GOES_ON, sharing.leave(second, true));
        assertTrue(sharing.isActive());
    }

    @Test
    void whatItsOnlyOwnerLeavesRunningMayBeJoined() throws Exception {
        RecordingObserver first = first(false, LEAVES_IT);
        assertEquals(Left.GOES_ON, sharing.leave(first, true));
        assertTrue(sharing.isActive());
        assertEquals(Left.GOES_ON, sharing.leave(joins(CANCELS), true));
        assertTrue(sharing.isActive(), "somebody wanted it to go on");
    }

    @Test
    void whatIsNotMadeYetIsLeftToTheRequest() throws Exception {
        RecordingObserver first = first(false, LEAVES_IT);
        assertEquals(Left.LAST, sharing.leave(first, false));
        assertFalse(sharing.isActive(), "it may come to nothing");
    }

    @Test
    void anAutomaticOneKeepsItGoingUntilItIsDropped() throws Exception {
        RecordingObserver automatic = first(true, CANCELS);
        RecordingObserver second = joins(CANCELS);
        assertEquals(Left.GOES_ON, sharing.leave(second, true));
        RecordingObserver third = joins(CANCELS);
        assertEquals(Left.GOES_ON, sharing.drop(automatic));
        assertEquals(Left.NOTHING, sharing.drop(automatic));
        assertEquals(Left.CANCEL, sharing.leave(third, true));
        assertFalse(sharing.isActive());
    }

    @Test
    void anAutomaticOneAloneIsCancelledWhenDropped() throws Exception {
        RecordingObserver automatic = first(true, CANCELS);
        assertEquals(Left.CANCEL, sharing.drop(automatic));
        assertFalse(sharing.isActive());
    }

    @Test
    void somebodyElsesIsNeverTakenAlong() throws Exception {
        RecordingObserver first = first(false, LEAVES_IT);
        sharing.ofForeign("prebuild");
        RecordingObserver second = joins(CANCELS);
        assertEquals(Left.GOES_ON, sharing.leave(first, true));
        restart(first, second);
        assertTrue(sharing.isForeign());
        assertEquals(Left.GOES_ON, sharing.leave(second, true));
        assertTrue(sharing.isActive());
        RecordingObserver automatic = first(true, LEAVES_IT);
        sharing.ofForeign("prebuild");
        assertEquals(Left.GOES_ON, sharing.drop(automatic));
    }
}

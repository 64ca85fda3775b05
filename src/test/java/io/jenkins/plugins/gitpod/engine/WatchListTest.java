package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.WatchList.WatchedPrebuild;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchListTest {

    private static final Duration INTERVAL = Duration.ofSeconds(12);

    private final WatchList list = new WatchList(new CallBudget(INTERVAL, 0));
    private final WatchedPrebuild one = new WatchedPrebuild("id", "project", new Nobody(), 0);

    private static final class Nobody implements WatchList.Reader {
        @Override
        public void read(Prebuild prebuild) {}

        @Override
        public void failed(GitpodException e) {}
    }

    private static long second(double seconds) {
        return (long) (seconds * 1e9);
    }

    private void event(double at) {
        one.eventReceived = true;
        one.eventAt = second(at);
        list.requestRead(one);
        one.due = second(at);
    }

    private Long read(PrebuildPhase phase, double asked, double answered) {
        return list.read(one, phase, second(asked), second(answered), INTERVAL);
    }

    @Test
    void anAnswerFromBeforeAnEventLeavesItsReadDue() {
        list.add(one);
        read(PrebuildPhase.RUNNING, 1, 2);
        event(10.5);

        assertThat(read(PrebuildPhase.RUNNING, 10, 11), is(nullValue()));
        assertThat(one.readRequested, is(true));
        assertThat(one.due, is(second(10.5)));
        assertThat("it is no sign of an event without news", one.idleReads, is(0));

        assertThat("the event has told of this", read(PrebuildPhase.STOPPING, 11, 12), is(nullValue()));
        assertThat(one.readRequested, is(false));
    }

    @Test
    void anEventDuringTheSecondReadForTheSameRequestAsksForNoThird() {
        list.add(one);
        read(PrebuildPhase.SNAPSHOTTING, 1, 2);
        one.readAgain = true;
        event(10.5);
        read(PrebuildPhase.SNAPSHOTTING, 10, 11);
        assertThat(one.readRequested, is(true));

        one.eventAt = second(11.5);
        read(PrebuildPhase.SNAPSHOTTING, 11, 12);
        assertThat(one.readRequested, is(false));
        assertThat(list.nextLikelyEnded(second(12)), is(nullValue()));
        assertThat(one.idleReads, is(1));
        assertThat(one.due, is(second(12) + INTERVAL.toNanos()));

        event(20.5);
        read(PrebuildPhase.SNAPSHOTTING, 20, 21);
        assertThat("it is another request", one.readRequested, is(true));
    }

    @Test
    void anAnswerFromAfterAnEventWithoutNewsIsCounted() {
        list.add(one);
        read(PrebuildPhase.RUNNING, 1, 2);
        event(9);

        read(PrebuildPhase.RUNNING, 10, 11);
        assertThat(one.readRequested, is(false));
        assertThat(one.idleReads, is(1));
        assertThat("no event told of this", read(PrebuildPhase.STOPPING, 23, 24), is(second(11)));
    }
}

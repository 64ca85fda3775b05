package io.jenkins.plugins.gitpod.request;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.lessThan;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BuildRecorderTest {

    @Test
    void aPipelineThatIsNeverLoadedIsNotAwaitedForever() {
        Duration awaited = Duration.ZERO;
        int retries = 0;
        for (Duration delay = BuildRecorder.retryDelay(retries);
                delay != null && retries < 100;
                delay = BuildRecorder.retryDelay(retries)) {
            awaited = awaited.plus(delay);
            retries++;
        }
        assertThat(retries, lessThan(10));
        assertThat(awaited, allOf(greaterThan(Duration.ofMinutes(1)), lessThan(Duration.ofMinutes(5))));
    }
}

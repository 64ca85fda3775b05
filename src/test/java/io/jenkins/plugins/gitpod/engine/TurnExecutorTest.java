package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class TurnExecutorTest {

    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private final TurnExecutor executor = new TurnExecutor(handedOver::add);
    private final List<String> done = new ArrayList<>();

    private void add(String project, String job, String name) {
        executor.of(project, job).execute(() -> done.add(name));
    }

    private void runAll() {
        while (!handedOver.isEmpty()) {
            handedOver.remove().run();
        }
    }

    @Test
    void theTasksOfAJobKeepTheirOrder() {
        add("a", "job", "1");
        add("a", "job", "2");
        add("a", "job", "3");
        runAll();
        assertThat(done, contains("1", "2", "3"));
    }

    @Test
    void aJobWithManyBuildsHoldsUpNoOther() {
        for (int i = 0; i < 500; i++) {
            add("a", "busy", "busy");
        }
        add("a", "small", "of the same project");
        add("b", "other", "of another project");
        runAll();
        assertThat(done, hasSize(502));
        assertThat(done.indexOf("of the same project"), is(lessThan(4)));
        assertThat(done.indexOf("of another project"), is(lessThan(4)));
    }

    @Test
    void aTaskThatThrowsTakesNoOtherWithIt() {
        executor.of("a", "job").execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        add("a", "job", "next");
        try {
            handedOver.remove().run();
        } catch (IllegalStateException expected) {
            done.add("thrown");
        }
        runAll();
        assertThat(done, contains("thrown", "next"));
    }
}

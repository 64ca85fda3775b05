package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Writes down what it hears. */
final class RecordingObserver implements PrebuildObserver {

    private final List<Update> updates = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<Outcome> ends = new ArrayList<>();
    private Consumer<Update> onUpdate = update -> {};
    private Runnable onConcluded = () -> {};

    @Override
    public void update(Update update) {
        if (!outcomes.isEmpty()) {
            throw new AssertionError(update + " after the outcome");
        }
        updates.add(update);
        onUpdate.accept(update);
    }

    @Override
    public void concluded(Outcome outcome) {
        outcomes.add(outcome);
        onConcluded.run();
    }

    @Override
    public void settled(Outcome end) {
        if (outcomes.isEmpty()) {
            throw new AssertionError(end + " before the outcome");
        }
        ends.add(end);
    }

    /** What was told after the outcome. */
    List<Outcome> ends() {
        return ends;
    }

    RecordingObserver onUpdate(Consumer<Update> action) {
        onUpdate = action;
        return this;
    }

    RecordingObserver onConcluded(Runnable action) {
        onConcluded = action;
        return this;
    }

    boolean isConcluded() {
        return !outcomes.isEmpty();
    }

    List<Update> updates() {
        return updates;
    }

    <T extends Update> List<T> updates(Class<T> type) {
        return updates.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<Outcome> outcomes() {
        return outcomes;
    }

    /** The one outcome, of this kind. */
    <T extends Outcome> T outcome(Class<T> type) {
        assertThat(outcomes, hasSize(1));
        if (!type.isInstance(outcomes.get(0))) {
            throw new AssertionError("Not a " + type.getSimpleName() + " but " + outcomes.get(0));
        }
        return type.cast(outcomes.get(0));
    }
}

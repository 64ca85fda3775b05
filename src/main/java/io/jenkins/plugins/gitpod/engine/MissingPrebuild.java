package io.jenkins.plugins.gitpod.engine;

/**
 * For how long Gitpod has said that a known prebuild does not exist. During the read lag that is not believed; later one
 * stale replica may say so. Reads and cancels both count. Belongs to a {@link PrebuildMachine}.
 */
final class MissingPrebuild {

    private final EngineSettings settings;
    private final ObservedTime missing = new ObservedTime();
    private boolean missingForReads;

    MissingPrebuild(EngineSettings settings) {
        this.settings = settings;
    }

    /** The prebuild was read. */
    void wasRead() {
        missing.reset();
        missingForReads = false;
    }

    /** A read says that it does not exist. @return whether that is believed */
    boolean notFoundByRead(long now) {
        missingForReads = true;
        return isMissing(now);
    }

    /**
     * A cancel says that it does not exist.
     *
     * @return whether that is believed: if reads do not agree, cancels alone may be wrong, so it takes longer
     */
    boolean notFoundByCancel(long now) {
        return isMissing(now) && (missingForReads || missing.reached(settings.failureBudget()));
    }

    private boolean isMissing(long now) {
        missing.look(now);
        return missing.reached(settings.readLag());
    }
}

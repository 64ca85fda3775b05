package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.LogLine;

/** Receives the log of a prebuild. Called by one thread at a time. */
public interface LogSink {

    /** Called for each line, in order, and not after {@link #ended}. May block. */
    void line(@NonNull LogLine line);

    /** Called once, when no more lines will come. */
    void ended(@NonNull LogEnd how);
}

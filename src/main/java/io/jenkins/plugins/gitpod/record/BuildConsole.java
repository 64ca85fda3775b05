package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.engine.Guarded;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The plugin's lines in the console of a build. */
@Restricted(NoExternalUse.class)
public final class BuildConsole {

    private static final String PREFIX = "[Gitpod] ";

    private BuildConsole() {}

    /** Prints a line that begins with the plugin's prefix. A line that cannot be printed is logged. */
    public static void println(@NonNull TaskListener listener, @NonNull String line) {
        Guarded.run("print: " + line, () -> listener.getLogger().println(PREFIX + line));
    }

    /** Prints a line as an error, which begins with the plugin's prefix. A line that cannot be printed is logged. */
    public static void error(@NonNull TaskListener listener, @NonNull String line) {
        Guarded.run("print: " + line, () -> listener.error(PREFIX + line));
    }
}

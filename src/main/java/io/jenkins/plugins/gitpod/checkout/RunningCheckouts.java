package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import hudson.scm.SCM;
import java.io.File;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a pipeline's saved state does not tell of its checkouts: what each was made for, and which change log belongs to it.
 * Kept in memory for running builds only. After a restart of Jenkins it is not known.
 */
@Restricted(NoExternalUse.class)
public final class RunningCheckouts {

    /** What a checkout was made for. */
    public enum Purpose {
        /** The build itself. */
        BUILD,
        /** To read the script of the pipeline. */
        SCRIPT,
        /** A shared library. */
        LIBRARY
    }

    private record Noted(String revision, ChangeLogFile changeLog, Purpose purpose) {}

    private static final Map<Run<?, ?>, RunningCheckouts> RUNNING = Collections.synchronizedMap(new WeakHashMap<>());

    private final List<Noted> noted = new ArrayList<>();
    private final Set<String> requested = new HashSet<>();

    private static RunningCheckouts of(Run<?, ?> run) {
        return RUNNING.computeIfAbsent(run, key -> new RunningCheckouts());
    }

    /** Adds a checkout that the build has just made. */
    public static void add(
            @NonNull Run<?, ?> run, @NonNull SCM scm, @Nullable File changeLog, @NonNull Purpose purpose) {
        for (ScmReader reader : ScmReader.all()) {
            String revision = reader.lastRevision(run, scm);
            if (revision != null) {
                RunningCheckouts running = of(run);
                synchronized (running) {
                    running.noted.add(new Noted(revision, new ChangeLogFile(scm, changeLog), purpose));
                }
                return;
            }
        }
    }

    /** The build is over. */
    public static void remove(@NonNull Run<?, ?> run) {
        RUNNING.remove(run);
    }

    /**
     * Whether the job property has not requested a prebuild for this yet: a build may check out the same commit several
     * times. True only once.
     */
    public static boolean isFirst(@NonNull Run<?, ?> run, @NonNull String what) {
        RunningCheckouts running = of(run);
        synchronized (running) {
            return running.requested.add(what);
        }
    }

    private static List<Noted> noted(Run<?, ?> run, String revision) {
        RunningCheckouts running = RUNNING.get(run);
        if (running == null) {
            return List.of();
        }
        synchronized (running) {
            return running.noted.stream()
                    .filter(each -> each.revision().equals(revision))
                    .toList();
        }
    }

    /** What a commit was checked out for, {@link Purpose#BUILD} if it is not known. */
    @NonNull
    static Purpose purpose(@NonNull Run<?, ?> run, @NonNull String revision) {
        return noted(run, revision).stream()
                .map(Noted::purpose)
                .min(Enum::compareTo)
                .orElse(Purpose.BUILD);
    }

    /** The change logs of the checkouts of a commit; empty if it is not known which they are. */
    @NonNull
    static List<ChangeLogFile> changeLogs(@NonNull Run<?, ?> run, @NonNull String revision) {
        return noted(run, revision).stream().map(Noted::changeLog).toList();
    }
}

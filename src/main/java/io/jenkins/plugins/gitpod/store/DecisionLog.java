package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.XmlFile;
import hudson.model.Job;
import hudson.model.Run;
import hudson.util.XStream2;
import java.io.File;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The last decisions about automatic prebuilds of a job: why its commits got a prebuild or none. A small file in the directory
 * of the job, so that it is renamed, moved, and deleted with it. The methods read and write that file.
 */
@Restricted(NoExternalUse.class)
public final class DecisionLog {

    /** The number of decisions that are kept. */
    static final int MAXIMUM = 10;

    private static final int LONGEST = 500;
    private static final Logger LOGGER = Logger.getLogger(DecisionLog.class.getName());
    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-decisions", Saved.class);
        XSTREAM.alias("decision", Entry.class);
    }

    /** A decision. Saved: fields may be added but not renamed. */
    public static final class Entry {
        private final long timeMillis;
        private final int build;
        private final String commit;
        private final String text;
        private final String requestId;

        private Entry(Instant time, int build, @Nullable String commit, String text, @Nullable UUID requestId) {
            this.timeMillis = time.toEpochMilli();
            this.build = build;
            this.commit = commit;
            this.text = text.substring(0, Math.min(text.length(), LONGEST));
            this.requestId = requestId == null ? null : requestId.toString();
        }

        public long timeMillis() {
            return timeMillis;
        }

        /** The number of the build that checked out the commit. */
        public int build() {
            return build;
        }

        /** The full hash, or the empty string if it is not known. */
        @NonNull
        public String commit() {
            return Objects.toString(commit, "");
        }

        /** What was decided and why, for people. */
        @NonNull
        public String text() {
            return Objects.toString(text, "");
        }

        /** The request whose record the build has, or null if it is not known. */
        @CheckForNull
        public String requestId() {
            return requestId;
        }
    }

    /** The content of the file. Saved: fields may be added but not renamed. */
    private static final class Saved {
        private ArrayList<Entry> decisions;

        /** The last decision to create or join a prebuild, however many to create none came after it. */
        private Entry prebuild;

        /** What failed the last time, if that was mailed; null for nothing. */
        private ArrayList<String> failing;
    }

    private final File directory;
    private final XmlFile file;

    private DecisionLog(File directory) {
        this.directory = directory;
        file = new XmlFile(XSTREAM, new File(directory, "gitpod-decisions.xml"));
    }

    /** The decisions of a job. */
    @NonNull
    public static DecisionLog of(@NonNull Job<?, ?> job) {
        return new DecisionLog(job.getRootDir());
    }

    /** Adds the decision to create or join a prebuild for a commit that a build has checked out. */
    public static void addPrebuild(
            @NonNull Run<?, ?> run, @Nullable String commit, @NonNull UUID requestId, @NonNull String text) {
        Instant now = Instant.now();
        // Two objects, because XStream would save the second occurrence of one as a reference.
        of(run.getParent())
                .add(
                        new Entry(now, run.getNumber(), commit, text, null),
                        new Entry(now, run.getNumber(), commit, text, requestId));
    }

    /** Adds the decision to create none. A commit has only one of them, however often it is built. */
    public static void addSkipped(@NonNull Run<?, ?> run, @Nullable String commit, @NonNull String text) {
        addSkipped(run.getParent(), run.getNumber(), commit, text);
    }

    /** The same for a build that need not be loaded. */
    public static void addSkipped(@NonNull Job<?, ?> job, int build, @Nullable String commit, @NonNull String text) {
        of(job).add(new Entry(Instant.now(), build, commit, text, null), null);
    }

    /** @param prebuild the entry as the last one of a prebuild; null if none was created */
    private void add(Entry entry, @Nullable Entry prebuild) {
        synchronized (DecisionLog.class) {
            Saved saved = read();
            ArrayList<Entry> all = saved.decisions;
            boolean isKnown = entry.commit != null && all.stream().anyMatch(each -> entry.commit.equals(each.commit));
            // The directory of a job that was deleted meanwhile must not come back.
            if (prebuild == null && isKnown || !directory.isDirectory()) {
                return;
            }
            all.add(entry);
            if (prebuild != null) {
                saved.prebuild = prebuild;
            }
            saved.decisions = new ArrayList<>(all.subList(Math.max(0, all.size() - MAXIMUM), all.size()));
            write(saved);
        }
    }

    private boolean write(Saved saved) {
        try {
            file.write(saved);
            return true;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save the decision about a Gitpod prebuild in " + file, e);
            return false;
        }
    }

    /**
     * Remembers whether the last prebuild failed.
     *
     * @param what which prebuilds of the job, such as those of an environment class
     * @return whether that is a change; false if it cannot be remembered
     */
    public boolean setFailing(@NonNull String what, boolean fails) {
        synchronized (DecisionLog.class) {
            Saved saved = read();
            ArrayList<String> all = saved.failing == null ? new ArrayList<>() : saved.failing;
            boolean isChange = fails ? !all.contains(what) && all.add(what) : all.remove(what);
            saved.failing = all.isEmpty() ? null : all;
            return isChange && directory.isDirectory() && write(saved);
        }
    }

    /** Forgets what has failed, because no address is set any longer. */
    public void forgetFailing() {
        synchronized (DecisionLog.class) {
            Saved saved = read();
            if (saved.failing != null && directory.isDirectory()) {
                saved.failing = null;
                write(saved);
            }
        }
    }

    private Saved read() {
        Saved saved = null;
        if (file.exists()) {
            try {
                saved = file.read() instanceof Saved found ? found : null;
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not read the decisions about Gitpod prebuilds in " + file, e);
            }
        }
        if (saved == null) {
            saved = new Saved();
        }
        if (saved.decisions == null) {
            saved.decisions = new ArrayList<>();
        }
        return saved;
    }

    /** The last decision to create or join a prebuild, or null if there was none. */
    @CheckForNull
    public Entry lastPrebuild() {
        synchronized (DecisionLog.class) {
            return read().prebuild;
        }
    }

    /** Whether one of the last decisions was about this commit. */
    public boolean contains(@NonNull String commit) {
        synchronized (DecisionLog.class) {
            Saved saved = read();
            return saved.prebuild != null && commit.equals(saved.prebuild.commit)
                    || saved.decisions.stream().anyMatch(each -> commit.equals(each.commit));
        }
    }

    /** The last decisions, the newest first. */
    @NonNull
    public List<Entry> newestFirst() {
        synchronized (DecisionLog.class) {
            List<Entry> all = read().decisions;
            Collections.reverse(all);
            return all;
        }
    }
}

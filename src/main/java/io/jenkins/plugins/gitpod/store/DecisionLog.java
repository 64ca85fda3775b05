package io.jenkins.plugins.gitpod.store;

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

        private Entry(Instant time, int build, @Nullable String commit, String text) {
            this.timeMillis = time.toEpochMilli();
            this.build = build;
            this.commit = commit;
            this.text = text.substring(0, Math.min(text.length(), LONGEST));
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
    }

    /** The content of the file. Saved: fields may be added but not renamed. */
    private static final class Saved {
        private ArrayList<Entry> decisions;
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
    public static void addPrebuild(@NonNull Run<?, ?> run, @Nullable String commit, @NonNull String text) {
        of(run.getParent()).add(new Entry(Instant.now(), run.getNumber(), commit, text), false);
    }

    /** Adds the decision to create none. A commit has only one of them, however often it is built. */
    public static void addSkipped(@NonNull Run<?, ?> run, @Nullable String commit, @NonNull String text) {
        of(run.getParent()).add(new Entry(Instant.now(), run.getNumber(), commit, text), true);
    }

    private void add(Entry entry, boolean onlyIfNewCommit) {
        synchronized (DecisionLog.class) {
            ArrayList<Entry> all = read();
            boolean isKnown = entry.commit != null && all.stream().anyMatch(each -> entry.commit.equals(each.commit));
            // The directory of a job that was deleted meanwhile must not come back.
            if (onlyIfNewCommit && isKnown || !directory.isDirectory()) {
                return;
            }
            all.add(entry);
            Saved saved = new Saved();
            saved.decisions = new ArrayList<>(all.subList(Math.max(0, all.size() - MAXIMUM), all.size()));
            try {
                file.write(saved);
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not save the decision about a Gitpod prebuild in " + file, e);
            }
        }
    }

    private ArrayList<Entry> read() {
        ArrayList<Entry> all = new ArrayList<>();
        if (file.exists()) {
            try {
                if (file.read() instanceof Saved saved && saved.decisions != null) {
                    all.addAll(saved.decisions);
                }
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not read the decisions about Gitpod prebuilds in " + file, e);
            }
        }
        return all;
    }

    /** The last decisions, the newest first. */
    @NonNull
    public List<Entry> newestFirst() {
        synchronized (DecisionLog.class) {
            ArrayList<Entry> all = read();
            Collections.reverse(all);
            return all;
        }
    }
}

package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Changes;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Requests for new commits that are not decided yet, a small file for each. They survive a crash: unlike a step, the job
 * property does not come back to request them again.
 */
@Restricted(NoExternalUse.class)
public final class CommitRequestStore {

    private static final Logger LOGGER = Logger.getLogger(CommitRequestStore.class.getName());
    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-commit-request", Pending.class);
    }

    /** The saved form of a request. Fields may be added but not renamed. */
    public static final class Pending {
        private final String requestId;
        private final String buildId;
        private final PrebuildOptions options;
        private final Checkout checkout;
        private final ChangedPaths changed;
        private final boolean inherited;
        private final PartOf partOf;

        @Nullable
        private final Changes changes;

        @Nullable
        private final CommitConditions conditions;

        private final long time;

        @Nullable
        private final Long dueMillis;

        /** Null for false. */
        @Nullable
        private final Boolean unsuccessful;

        /** @param partOf the request that this one is a part of, or null if it is by itself */
        public Pending(
                UUID requestId,
                String buildId,
                PrebuildOptions options,
                NewCommit commit,
                Instant time,
                @Nullable PartOf partOf) {
            this(requestId.toString(), buildId, options, commit, time.toEpochMilli(), partOf, null, null);
        }

        public Pending(UUID requestId, String buildId, PrebuildOptions options, NewCommit commit, Instant time) {
            this(requestId.toString(), buildId, options, commit, time.toEpochMilli(), null, null, null);
        }

        /** @param due not to be decided before, or null if that is not known */
        public Pending(
                UUID requestId,
                String buildId,
                PrebuildOptions options,
                NewCommit commit,
                Instant time,
                @Nullable Instant due) {
            this(
                    requestId.toString(),
                    buildId,
                    options,
                    commit,
                    time.toEpochMilli(),
                    null,
                    due == null ? null : due.toEpochMilli(),
                    null);
        }

        private Pending(
                String requestId,
                String buildId,
                PrebuildOptions options,
                NewCommit commit,
                long time,
                @Nullable PartOf partOf,
                @Nullable Long dueMillis,
                @Nullable Boolean unsuccessful) {
            this.time = time;
            this.dueMillis = dueMillis;
            this.unsuccessful = unsuccessful;
            this.requestId = requestId;
            this.buildId = buildId;
            this.options = options;
            this.checkout = commit.checkout();
            this.changed = commit.changed();
            this.inherited = commit.isInherited();
            this.changes = commit.changes();
            this.conditions = commit.conditions().isNone() ? null : commit.conditions();
            this.partOf = partOf;
        }

        boolean isComplete() {
            return requestId != null && buildId != null && checkout != null && checkout.isComplete();
        }

        @NonNull
        public UUID requestId() {
            return UUID.fromString(requestId);
        }

        @NonNull
        public String buildId() {
            return buildId;
        }

        /** The full name of the job. */
        @NonNull
        public String jobFullName() {
            return buildId.substring(0, Math.max(0, buildId.lastIndexOf('#')));
        }

        public int buildNumber() {
            return Integer.parseInt(buildId.substring(buildId.lastIndexOf('#') + 1));
        }

        /** The time before which the request is not to be decided, or null. */
        @CheckForNull
        public Instant due() {
            return dueMillis == null ? null : Instant.ofEpochMilli(dueMillis);
        }

        /** When it was saved, or became one of an unsuccessful build. */
        @NonNull
        public Instant time() {
            return Instant.ofEpochMilli(time);
        }

        /** Whether it is no request any longer: the build did not succeed. Its changes count for the next commit. */
        public boolean isUnsuccessful() {
            return Boolean.TRUE.equals(unsuccessful);
        }

        /**
         * What is kept of the request after its build did not succeed.
         *
         * @param all its commit, with the changes of earlier ones
         */
        @NonNull
        public Pending unsuccessful(@NonNull NewCommit all, @NonNull Instant now) {
            return new Pending(requestId, buildId, options, all, now.toEpochMilli(), null, null, true);
        }

        /** Whether the end of the build decides whether it is requested. */
        public boolean waitsForEnd() {
            return dueMillis == null && !isUnsuccessful();
        }

        /** Whether it is of the same job and branch as a commit of the job. */
        public boolean isOfSameBranch(@NonNull String jobName, @NonNull NewCommit commit) {
            return jobFullName().equals(jobName) && checkout.isOfSameBranch(commit.checkout());
        }

        /** Whether a commit is known to be one of those whose changes count for it. */
        public boolean containsChange(@NonNull String revision) {
            return changes != null && changes.commits().contains(revision);
        }

        /** Whether the request is for a build of a job, or of any job in a folder. */
        public boolean isOf(@NonNull String jobOrFolder) {
            return new RequestOrigin(buildId, jobFullName(), null, null).isOf(jobOrFolder);
        }

        /** The request after the rename or move of a job or folder; this one if its build is not concerned. */
        private Pending relocated(String oldFullName, String newFullName) {
            RequestOrigin origin = new RequestOrigin(buildId, jobFullName(), null, null);
            return origin.isOf(oldFullName)
                    ? new Pending(
                            requestId,
                            origin.relocated(oldFullName, newFullName).buildId(),
                            options,
                            commit(),
                            time,
                            partOf,
                            dueMillis,
                            unsuccessful)
                    : this;
        }

        @NonNull
        public PrebuildOptions options() {
            return (options == null ? new PrebuildOptions() : options).forCommits();
        }

        @CheckForNull
        public PartOf partOf() {
            return partOf;
        }

        @NonNull
        public NewCommit commit() {
            return new NewCommit(
                    checkout,
                    changed == null ? ChangedPaths.UNKNOWN : changed,
                    inherited,
                    changes,
                    conditions == null ? CommitConditions.NONE : conditions);
        }
    }

    private final XmlFolder<Pending> folder;

    /** What the files contain. Each file is written and deleted in an atomic operation of its entry. */
    private final Map<UUID, Pending> saved = new ConcurrentHashMap<>();

    /** @param directory created when the first request is saved */
    public CommitRequestStore(@NonNull Path directory) {
        folder = new XmlFolder<>(directory, XSTREAM, Pending.class, "A new commit may get no Gitpod prebuild.");
    }

    /** Saves a request. A failure is logged. */
    public void save(@NonNull Pending pending) {
        saved.compute(pending.requestId(), (id, before) -> write(pending) ? pending : before);
    }

    private boolean write(Pending pending) {
        try {
            folder.write(pending.requestId().toString(), pending);
            return true;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save that a commit may need a Gitpod prebuild", e);
            return false;
        }
    }

    /**
     * Changes a saved request. A failure is logged.
     *
     * @return the request as it is now, or null if there is none
     */
    @CheckForNull
    public Pending update(@NonNull UUID requestId, @NonNull UnaryOperator<Pending> change) {
        return saved.computeIfPresent(requestId, (id, before) -> {
            Pending changed = change.apply(before);
            return write(changed) ? changed : before;
        });
    }

    /** A saved request, or null. */
    @CheckForNull
    public Pending find(@NonNull UUID requestId) {
        return saved.get(requestId);
    }

    /** Whether a request is saved, also in a file that was not read yet. */
    public boolean contains(@NonNull UUID requestId) {
        return saved.containsKey(requestId) || folder.contains(requestId.toString());
    }

    /** The saved requests, the oldest first. Reads no file. */
    @NonNull
    public List<Pending> all() {
        return sorted(saved.values());
    }

    /** The saved requests of a build, the oldest first. Reads no file. */
    @NonNull
    public List<Pending> ofBuild(@NonNull String buildId) {
        return sorted(saved.values().stream()
                .filter(each -> each.buildId().equals(buildId))
                .toList());
    }

    private static List<Pending> sorted(Collection<Pending> requests) {
        return requests.stream()
                .sorted(Comparator.comparingLong(pending -> pending.time))
                .toList();
    }

    /** Updates the requests for builds of a job, or of all jobs in a folder, that was renamed or moved. */
    public void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        for (UUID requestId : saved.keySet()) {
            saved.computeIfPresent(requestId, (id, before) -> {
                Pending relocated = before.relocated(oldFullName, newFullName);
                return relocated == before || write(relocated) ? relocated : before;
            });
        }
    }

    /** Deletes a request that is decided or that the ledger contains. */
    public void forget(@NonNull UUID requestId) {
        saved.computeIfPresent(requestId, (id, before) -> {
            try {
                folder.delete(id.toString());
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not delete the request " + id + " in " + folder, e);
            }
            return null;
        });
    }

    /** Reads all requests that were saved before Jenkins stopped, the oldest first. Damaged files are set aside. */
    @NonNull
    public List<Pending> readAll() {
        List<Pending> all = folder.readAll((name, pending) -> {
            if (!pending.isComplete() || !pending.requestId().toString().equals(name)) {
                throw new IOException("Not a complete request");
            }
            saved.put(pending.requestId(), pending);
            return pending;
        });
        return sorted(all);
    }
}

package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Which commits this controller has acted on: a small file for each project, environment class and branch, with the last
 * few commits. What Gitpod really built counts where it is known, not what was asked for. It outlives jobs and builds; the oldest files are dropped. Its methods read and write files.
 */
public final class CommitHistory {

    private static final Logger LOGGER = Logger.getLogger(CommitHistory.class.getName());

    private static final int MAX_ACTS = 20;
    private static final int MAX_PAGES = 500;
    private static final int MAX_ATTEMPTS = 2;

    /** Gitpod deletes prebuilds after about seven days. */
    private static final Duration GOOD_FOR = Duration.ofDays(6);

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-commits", Page.class);
        XSTREAM.alias("commit", Act.class);
    }

    /** What commits are booked by. */
    public record Key(
            @NonNull String apiUrl,
            @NonNull String projectId,
            @NonNull String classId,
            @NonNull String branch) {

        private String fileName() {
            return Util.getDigestOf(apiUrl + '\n' + projectId + '\n' + classId + '\n' + branch);
        }
    }

    /** A commit that was acted on. Saved: fields may be added but not renamed. */
    public static final class Act {
        private final String revision;
        private final String requestId;
        private final long time;
        private String prebuildId;
        private String url;
        private boolean completed;
        private String builtFrom;
        private String classId;

        Act(String revision, UUID requestId, Instant now) {
            this.revision = revision;
            this.requestId = requestId.toString();
            this.time = now.toEpochMilli();
        }

        public boolean isOf(UUID request) {
            return requestId.equals(request.toString());
        }

        boolean isOfRevision(@Nullable String commit) {
            return commit != null && commit.equals(revision);
        }

        /** Whether its prebuild holds this commit: by what it was built from if that is known, else by what was asked for. */
        public boolean isFor(@Nullable String commit) {
            return commit != null && commit.equals(builtFrom == null ? revision : builtFrom);
        }

        /** Whether its prebuild completed, and not so long ago that Gitpod has deleted it. */
        boolean isCompleted(@NonNull Instant now) {
            return completed && Instant.ofEpochMilli(time).isAfter(now.minus(GOOD_FOR));
        }

        @NonNull
        public String prebuildId() {
            return Objects.toString(prebuildId, "");
        }

        /** The commit that its prebuild was built from, or null if that is not known. */
        @CheckForNull
        public EnvironmentGit builtFrom() {
            return builtFrom == null ? null : new EnvironmentGit(null, null, builtFrom);
        }

        @NonNull
        public String url() {
            return Objects.toString(url, "");
        }
    }

    /** The file of one key. Saved: fields may be added but not renamed. */
    private static final class Page {
        private List<Act> acts = new ArrayList<>();
        private boolean owed;

        private Object readResolve() {
            if (acts == null) {
                acts = new ArrayList<>();
            }
            return this;
        }
    }

    private final XmlFolder<Page> folder;
    private final Map<String, Page> pages = new HashMap<>();
    private final InstantSource clock;
    private boolean allRead;

    public CommitHistory(@NonNull Path directory, @NonNull InstantSource clock) {
        folder = new XmlFolder<>(
                directory, XSTREAM, Page.class, "Commits that already have a Gitpod prebuild may get another one.");
        this.clock = clock;
    }

    /** By what the last prebuild of a project is booked, whatever its class and branch. */
    @NonNull
    public static Key ofProject(@NonNull String apiUrl, @NonNull String projectId) {
        return new Key(apiUrl, projectId, "*", "*");
    }

    /** By what it is booked which commits the prebuilds of a project were really built from, whatever was asked for. */
    @NonNull
    public static Key ofFacts(@NonNull String apiUrl, @NonNull String projectId) {
        return new Key(apiUrl, projectId, "*", "built");
    }

    /** What was last done for a key, or null. */
    @CheckForNull
    public synchronized Act last(@NonNull Key key) {
        List<Act> acts = page(key.fileName()).acts;
        return acts.isEmpty() ? null : acts.get(acts.size() - 1);
    }

    /** The completed prebuild of a commit, if Gitpod may still have it. */
    @CheckForNull
    public synchronized Act completed(@NonNull Key key, @NonNull String revision) {
        return completed(key, revision, classId -> true);
    }

    /**
     * The completed prebuild of a commit, if Gitpod may still have it.
     *
     * @param isOfClass whether an environment class that Gitpod really used will do
     */
    @CheckForNull
    public synchronized Act completed(
            @NonNull Key key, @NonNull String revision, @NonNull Predicate<String> isOfClass) {
        for (Act act : page(key.fileName()).acts) {
            if (act.isFor(revision) && act.isCompleted(clock.instant()) && isOfClass.test(act.classId)) {
                return act;
            }
        }
        return null;
    }

    /** Whether a request's prebuild is one of this commit. */
    public synchronized boolean isFor(@NonNull Key key, @NonNull UUID requestId, @NonNull String revision) {
        return page(key.fileName()).acts.stream().anyMatch(act -> act.isOf(requestId) && act.isFor(revision));
    }

    /**
     * Whether a commit needs no automatic request any longer. If Gitpod built another commit, one more is made, and no third
     * one: the project may be pinned to a commit, or be of another branch.
     *
     * @param asking the request that is to be decided on
     */
    public synchronized boolean isActedOn(@NonNull Key key, @NonNull String revision, @NonNull UUID asking) {
        Act last = last(key);
        if (last == null || last.isOf(asking)) {
            return false;
        }
        long attempts = page(key.fileName()).acts.stream()
                .filter(act -> act.isOfRevision(revision) && !act.isOf(asking))
                .count();
        return last.isFor(revision) || last.isOfRevision(revision) && attempts >= MAX_ATTEMPTS;
    }

    /**
     * Books which commit a request's prebuild is really built from. If that is an older one than was asked for, the change
     * is owed.
     *
     * @param facts {@link #ofFacts} of the project
     * @param classId the environment class that Gitpod really used, or null if that is not known
     * @return whether it is surely older than the one that was asked for
     */
    public synchronized boolean builtFrom(
            @NonNull Key facts, @NonNull UUID requestId, @NonNull String commit, @Nullable String classId) {
        boolean isOlder = false;
        for (Map.Entry<String, Page> each : holding(requestId)) {
            Page page = each.getValue();
            boolean isSeen = false;
            for (Act act : page.acts) {
                if (act.isOf(requestId)) {
                    act.builtFrom = commit;
                    act.classId = classId;
                    boolean lacksChange = isSeen && act.revision != null && !act.isOfRevision(commit);
                    page.owed |= lacksChange;
                    isOlder |= lacksChange;
                } else {
                    isSeen |= act.isOfRevision(commit);
                }
            }
            write(each.getKey(), page);
        }
        Page page = page(facts.fileName());
        page.acts.removeIf(act -> act.isOf(requestId));
        Act act = new Act(commit, requestId, clock.instant());
        act.builtFrom = commit;
        act.classId = classId;
        add(facts, page, act);
        return isOlder;
    }

    /** Whether a prebuild is one that completed for a request of this controller. */
    public synchronized boolean isKnown(@NonNull String prebuildId) {
        return pages.values().stream()
                .anyMatch(page -> page.acts.stream().anyMatch(act -> prebuildId.equals(act.prebuildId)));
    }

    /** Books that a request is made for a commit. */
    public synchronized void act(@NonNull Key key, @Nullable String revision, @NonNull UUID requestId) {
        Page page = page(key.fileName());
        page.owed = false;
        page.acts.removeIf(act -> act.isOf(requestId));
        add(key, page, new Act(revision, requestId, clock.instant()));
    }

    private void add(Key key, Page page, Act act) {
        page.acts.add(act);
        while (page.acts.size() > MAX_ACTS) {
            page.acts.remove(0);
        }
        write(key.fileName(), page);
        dropOldest();
    }

    /** Whether a change that mattered got no prebuild, so that the next commit gets one whatever it changes. */
    public synchronized boolean isOwed(@NonNull Key key) {
        return page(key.fileName()).owed;
    }

    /** A change that matters gets no prebuild now. */
    public synchronized void owe(@NonNull Key key) {
        Page page = page(key.fileName());
        if (!page.owed) {
            page.owed = true;
            write(key.fileName(), page);
            dropOldest();
        }
    }

    /** How long ago a prebuild of the project was last asked for, or null if that is not known. */
    @CheckForNull
    public synchronized Duration sinceLast(@NonNull Key project) {
        Act last = last(project);
        return last == null ? null : Duration.between(Instant.ofEpochMilli(last.time), clock.instant());
    }

    /** A request's prebuild completed. */
    public synchronized void completed(@NonNull UUID requestId, @NonNull String prebuildId, @NonNull String url) {
        for (Map.Entry<String, Page> each : holding(requestId)) {
            for (Act act : each.getValue().acts) {
                if (act.isOf(requestId)) {
                    act.completed = true;
                    act.prebuildId = prebuildId;
                    act.url = url;
                }
            }
            write(each.getKey(), each.getValue());
        }
    }

    /** A request made nothing: as if it had never been, but for the change that may have mattered. */
    public synchronized void nothingMade(@NonNull UUID requestId) {
        for (Map.Entry<String, Page> each : holding(requestId)) {
            Page page = each.getValue();
            page.owed |= page.acts.stream().anyMatch(act -> act.isOf(requestId) && act.revision != null);
            page.acts.removeIf(act -> act.isOf(requestId));
            write(each.getKey(), page);
        }
    }

    private List<Map.Entry<String, Page>> holding(UUID requestId) {
        if (!allRead) {
            // The request may be of before a restart, and in files that were not read since.
            allRead = true;
            folder.names().forEach(this::page);
        }
        return pages.entrySet().stream()
                .filter(each -> each.getValue().acts.stream().anyMatch(act -> act.isOf(requestId)))
                .toList();
    }

    private Page page(String name) {
        return pages.computeIfAbsent(name, this::read);
    }

    private Page read(String name) {
        if (folder.contains(name)) {
            try {
                return folder.read(name);
            } catch (IOException e) {
                folder.setAside(name, e);
            }
        }
        return new Page();
    }

    private void write(String name, Page page) {
        try {
            folder.write(name, page);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save which commits have a Gitpod prebuild", e);
        }
    }

    private void dropOldest() {
        folder.deleteOldest(MAX_PAGES).forEach(pages::remove);
    }
}

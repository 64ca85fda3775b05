package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * When the prebuilds of each project that this Jenkins created and that ended in the last 24 hours ran. A small file for each
 * project, which is written a little later than it changes. The methods read files.
 */
@Restricted(NoExternalUse.class)
public final class RunTimes {

    /** Older prebuilds do not count. */
    public static final Duration WINDOW = Duration.ofDays(1);

    private static final int MAXIMUM_PREBUILDS = 1000;
    private static final int MAXIMUM_PROJECTS = 1000;
    private static final Pattern FILE_NAME = Pattern.compile("[0-9A-Za-z-]{1,64}");
    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-run-times", Saved.class);
        XSTREAM.alias("prebuild", Prebuild.class);
    }

    /**
     * The time that a prebuild ran.
     *
     * @param end the present, if it still runs
     */
    public record Run(
            @NonNull String prebuildId,
            @NonNull Instant start,
            @NonNull Instant end) {}

    /** The saved form. Fields may be added but not renamed. */
    static final class Saved {
        private final ArrayList<Prebuild> prebuilds;

        Saved(List<Prebuild> prebuilds) {
            this.prebuilds = new ArrayList<>(prebuilds);
        }
    }

    /** A prebuild that has ended. Saved: fields may be added but not renamed. */
    private static final class Prebuild {
        private final String id;
        private final long startMillis;
        private final long endMillis;

        Prebuild(Run run) {
            id = run.prebuildId();
            startMillis = run.start().toEpochMilli();
            endMillis = run.end().toEpochMilli();
        }

        Run run() {
            return new Run(id, Instant.ofEpochMilli(startMillis), Instant.ofEpochMilli(endMillis));
        }
    }

    private final XmlFolder<Saved> folder;
    private final ChangedFiles<Saved> changes;
    private final InstantSource clock;
    private final Map<String, List<Prebuild>> projects = new HashMap<>();

    /**
     * @param directory created by the first write
     * @param writer runs tasks that write files
     */
    public RunTimes(@NonNull Path directory, @NonNull InstantSource clock, @NonNull Executor writer) {
        this(folder(directory), clock, writer);
    }

    RunTimes(@NonNull XmlFolder<Saved> folder, @NonNull InstantSource clock, @NonNull Executor writer) {
        this.folder = folder;
        this.changes = new ChangedFiles<>(
                folder, MAXIMUM_PROJECTS, this, new Files(), writer, "Could not save how long Gitpod prebuilds ran");
        this.clock = clock;
    }

    static XmlFolder<Saved> folder(Path directory) {
        return new XmlFolder<>(
                directory, XSTREAM, Saved.class, "Earlier prebuilds of the project do not count for a daily budget.");
    }

    private final class Files implements ChangedFiles.Content<Saved> {

        @NonNull
        @Override
        public Saved toSave(@NonNull String projectId) {
            return new Saved(known(projectId));
        }

        @Override
        public void deleted(@NonNull String projectId) {
            projects.remove(projectId);
        }
    }

    /** Adds the prebuild of a record if it has ended. A prebuild that builds share counts once. */
    public void add(@NonNull PrebuildRecord record) {
        put(record);
        changes.writeLater();
    }

    /** Writes what has changed. */
    public void writeChanged() {
        changes.write();
    }

    /** Writes what has changed, if the prebuild of this request is not in the files yet. */
    public void writeRequest(@NonNull UUID requestId) {
        changes.writeRequest(requestId);
    }

    private synchronized void put(PrebuildRecord record) {
        Run run = run(record);
        String projectId = record.getProjectId();
        if (run == null || !FILE_NAME.matcher(projectId).matches()) {
            return;
        }
        List<Prebuild> all = new ArrayList<>(known(projectId));
        if (all.stream().anyMatch(each -> run.prebuildId().equals(each.id))) {
            return;
        }
        all.add(new Prebuild(run));
        Instant oldest = clock.instant().minus(WINDOW);
        all.removeIf(each -> each.run().end().isBefore(oldest));
        List<Prebuild> next = List.copyOf(all.subList(Math.max(0, all.size() - MAXIMUM_PREBUILDS), all.size()));
        projects.put(projectId, next);
        changes.changed(projectId);
        changes.changedFor(UUID.fromString(record.getRequestId()));
    }

    /** By Gitpod's clock, or else as Jenkins saw it. Null if the prebuild has not ended, or was not created for the build. */
    @CheckForNull
    private static Run run(PrebuildRecord record) {
        PrebuildResult result = record.getResult();
        if (result == null
                || record.getConclusion() == EndStatus.SKIPPED
                || result.getId().isEmpty()
                || !PrebuildPhase.parse("PREBUILD_PHASE_" + result.getPhase()).isEnd()) {
            return null;
        }
        Timeline timeline = record.timeline();
        Instant seen = timeline.spans().stream()
                .filter(span -> !span.phase().equals(Timeline.REQUESTED))
                .map(Timeline.Span::start)
                .findFirst()
                .orElse(null);
        Instant start = result.getCreatedAtMillis() > 0 ? Instant.ofEpochMilli(result.getCreatedAtMillis()) : seen;
        Instant end = result.getCompletedAtMillis() > 0
                ? Instant.ofEpochMilli(result.getCompletedAtMillis())
                : timeline.end();
        return start == null || end == null || end.isBefore(start) ? null : new Run(result.getId(), start, end);
    }

    private List<Prebuild> known(String projectId) {
        return projects.computeIfAbsent(projectId, this::read);
    }

    private List<Prebuild> read(String projectId) {
        if (!folder.contains(projectId)) {
            return List.of();
        }
        try {
            List<Prebuild> saved = folder.read(projectId).prebuilds;
            return saved == null
                    ? List.of()
                    : saved.stream().filter(each -> each.id != null).toList();
        } catch (IOException e) {
            folder.setAside(projectId, e);
            return List.of();
        }
    }

    /** The prebuilds of a project that have ended, and possibly some that ended more than 24 hours ago. */
    @NonNull
    public synchronized List<Run> of(@NonNull String projectId) {
        return FILE_NAME.matcher(projectId).matches()
                ? known(projectId).stream().map(Prebuild::run).toList()
                : List.of();
    }
}

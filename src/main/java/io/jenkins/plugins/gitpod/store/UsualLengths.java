package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How long the last completed prebuilds of each project took, whichever jobs requested them. Kept in memory, with a small
 * file for each project, which is written a little later than it changes.
 */
@Restricted(NoExternalUse.class)
public final class UsualLengths {

    private static final int MAXIMUM_PREBUILDS = 10;
    private static final int MAXIMUM_PROJECTS = 1000;
    private static final Pattern FILE_NAME = Pattern.compile("[0-9A-Za-z-]{1,64}");
    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-prebuild-lengths", Saved.class);
        XSTREAM.alias("prebuild", Prebuild.class);
    }

    /** The saved form. Fields may be added but not renamed. */
    static final class Saved {
        private final ArrayList<Prebuild> prebuilds;

        Saved(List<Prebuild> prebuilds) {
            this.prebuilds = new ArrayList<>(prebuilds);
        }
    }

    /** A completed prebuild. Saved: fields may be added but not renamed. */
    private static final class Prebuild {
        private final String id;
        private final String environmentClassId;
        private final long totalMillis;
        private final LinkedHashMap<String, Long> phaseMillis = new LinkedHashMap<>();

        Prebuild(PrebuildResult result, Timeline timeline) {
            id = result.getId();
            environmentClassId = result.getEnvironmentClassId();
            Instant end = Objects.requireNonNull(timeline.end());
            totalMillis = timeline.total(end).toMillis();
            for (Timeline.Span span : timeline.spans()) {
                phaseMillis.put(span.phase(), span.length(end).toMillis());
            }
        }

        boolean isComplete() {
            return id != null && phaseMillis != null && totalMillis > 0;
        }
    }

    private final XmlFolder<Saved> folder;
    private final ChangedFiles<Saved> changes;

    /** By project. The lists are replaced, not changed. Changed under the lock of this, read without it. */
    private final Map<String, List<Prebuild>> projects = new ConcurrentHashMap<>();

    /** Writes each change at once. */
    public UsualLengths(@NonNull Path directory) {
        this(folder(directory), Runnable::run);
    }

    /**
     * @param directory created by the first write
     * @param writer runs tasks that write files
     */
    public UsualLengths(@NonNull Path directory, @NonNull Executor writer) {
        this(folder(directory), writer);
    }

    UsualLengths(@NonNull XmlFolder<Saved> folder, @NonNull Executor writer) {
        this.folder = folder;
        this.changes = new ChangedFiles<>(
                folder, MAXIMUM_PROJECTS, this, new Files(), writer, "Could not save how long Gitpod prebuilds take");
    }

    static XmlFolder<Saved> folder(Path directory) {
        return new XmlFolder<>(directory, XSTREAM, Saved.class, "The usual length of a prebuild is not shown.");
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

    /** Adds the prebuild of a record if it completed. May read a small file the first time. */
    public void add(@NonNull PrebuildRecord record) {
        put(record);
        changes.writeLater();
    }

    /** Writes what has changed. */
    public void writeChanged() {
        changes.write();
    }

    private synchronized void put(PrebuildRecord record) {
        PrebuildResult result = record.getResult();
        Timeline timeline = record.timeline();
        String projectId = record.getProjectId();
        if (record.getConclusion() != EndStatus.COMPLETED
                || result == null
                || timeline.end() == null
                || !FILE_NAME.matcher(projectId).matches()) {
            return;
        }
        Prebuild added = new Prebuild(result, timeline);
        List<Prebuild> before = known(projectId);
        if (!added.isComplete() || before.stream().anyMatch(each -> each.id.equals(added.id))) {
            return; // another build shares the prebuild
        }
        List<Prebuild> next = new ArrayList<>(before);
        next.add(added);
        next = List.copyOf(next.subList(Math.max(0, next.size() - MAXIMUM_PREBUILDS), next.size()));
        projects.put(projectId, next);
        changes.changed(projectId);
    }

    private List<Prebuild> known(String projectId) {
        List<Prebuild> inMemory = projects.get(projectId);
        if (inMemory != null) {
            return inMemory;
        }
        synchronized (this) {
            return projects.computeIfAbsent(projectId, this::read);
        }
    }

    private List<Prebuild> read(String projectId) {
        if (!folder.contains(projectId)) {
            return List.of();
        }
        try {
            List<Prebuild> saved = folder.read(projectId).prebuilds;
            return saved == null
                    ? List.of()
                    : saved.stream().filter(Prebuild::isComplete).toList();
        } catch (IOException e) {
            folder.setAside(projectId, e);
            return List.of();
        }
    }

    /**
     * The usual lengths for a project and environment class: medians of the last ten completed prebuilds. Prebuilds of other
     * classes count only if there is none of this class. May read a small file the first time.
     */
    @NonNull
    public Usual of(@NonNull String projectId, @Nullable String environmentClassId) {
        if (!FILE_NAME.matcher(projectId).matches()) {
            return Usual.UNKNOWN;
        }
        return usual(known(projectId), environmentClassId);
    }

    /** The same, but as long as the file of the project has not been read, nothing is known. Never waits. */
    @NonNull
    public Usual inMemory(@NonNull String projectId, @Nullable String environmentClassId) {
        return usual(projects.getOrDefault(projectId, List.of()), environmentClassId);
    }

    private static Usual usual(List<Prebuild> all, @Nullable String environmentClassId) {
        List<Prebuild> ofClass = all.stream()
                .filter(each -> environmentClassId != null && environmentClassId.equals(each.environmentClassId))
                .toList();
        List<Prebuild> counted = ofClass.isEmpty() ? all : ofClass;
        if (counted.isEmpty()) {
            return Usual.UNKNOWN;
        }
        Map<String, List<Long>> phases = new HashMap<>();
        for (Prebuild each : counted) {
            each.phaseMillis.forEach((phase, millis) ->
                    phases.computeIfAbsent(phase, key -> new ArrayList<>()).add(millis));
        }
        Map<String, Duration> medians = new HashMap<>();
        phases.forEach((phase, millis) -> medians.put(phase, median(millis)));
        return new Usual(
                counted.size(),
                median(counted.stream().map(each -> each.totalMillis).toList()),
                medians);
    }

    private static Duration median(List<Long> millis) {
        List<Long> sorted = millis.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return Duration.ofMillis(
                sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }

    /**
     * Medians of completed prebuilds.
     *
     * @param prebuilds how many were counted
     * @param total from the request to the end, or null if there was none
     * @param phases by phase
     */
    public record Usual(
            int prebuilds,
            @CheckForNull Duration total,
            @NonNull Map<String, Duration> phases) {

        /** Nothing is known. */
        public static final Usual UNKNOWN = new Usual(0, null, Map.of());

        public Usual {
            phases = Map.copyOf(phases);
        }

        /** The usual length of a phase, or null if it is not known. */
        @CheckForNull
        public Duration phase(@NonNull String phase) {
            return phases.get(phase);
        }

        /**
         * How long a running prebuild is expected to take from the request to its end: the phases that are over as they
         * were, the others as usual.
         *
         * @return null if the prebuild has ended or is being cancelled, or too little is known
         */
        @CheckForNull
        public Duration expectedLength(@NonNull Timeline timeline, @NonNull Instant now) {
            Timeline.Span current = timeline.current();
            Instant zero = timeline.start();
            int phase = current == null ? -1 : Timeline.PHASES.indexOf(current.phase());
            if (phase < 0 || zero == null || total == null) {
                return null;
            }
            Duration usually = phase(current.phase());
            Duration expected = timeline.total(now);
            if (usually != null && usually.compareTo(current.length(now)) > 0) {
                expected = Duration.between(zero, current.start()).plus(usually);
            }
            for (String next : Timeline.PHASES.subList(phase + 1, Timeline.PHASES.size())) {
                Duration later = phase(next);
                expected = later == null ? expected : expected.plus(later);
            }
            return expected;
        }
    }
}

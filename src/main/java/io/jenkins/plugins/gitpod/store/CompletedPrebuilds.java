package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.util.XStream2;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The ids of the completed prebuilds that this Jenkins created, a small file for each project. No other prebuild is ever
 * deleted. An id is kept for longer than Gitpod keeps the prebuild.
 */
@Restricted(NoExternalUse.class)
public final class CompletedPrebuilds {

    /** Gitpod deletes prebuilds after about seven days. */
    private static final Duration RETENTION = Duration.ofDays(8);

    /** Longer than Gitpod's lists lag behind the state of a prebuild. */
    private static final Duration RECENT = Duration.ofMinutes(5);

    private static final int MAXIMUM_PREBUILDS = 500;
    private static final int MAXIMUM_PROJECTS = 1000;

    /** Files of that many projects are kept in memory, so that each end of a prebuild does not read one. */
    private static final int PROJECTS_IN_MEMORY = 50;

    private static final Pattern FILE_NAME = Pattern.compile("[0-9A-Za-z-]{1,64}");
    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-completed-prebuilds", Saved.class);
        XSTREAM.alias("prebuild", Entry.class);
    }

    /** The saved form. Fields may be added but not renamed. */
    static final class Saved {
        private final ArrayList<Entry> prebuilds;

        Saved(List<Entry> prebuilds) {
            this.prebuilds = new ArrayList<>(prebuilds);
        }
    }

    /** A completed prebuild. Saved: fields may be added but not renamed. */
    private static final class Entry {
        private final String id;
        private final long completedMillis;

        Entry(String id, Instant completed) {
            this.id = id;
            this.completedMillis = completed.toEpochMilli();
        }

        boolean isOlderThan(Instant limit) {
            return id == null || completedMillis < limit.toEpochMilli();
        }
    }

    private final XmlFolder<Saved> folder;
    private final ChangedFiles<Saved> changes;
    private final InstantSource clock;

    /** By project, the one that was asked for last is the last. The lists are not changed. */
    private final Map<String, List<Entry>> inMemory = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param directory created by the first write
     * @param writer runs tasks that write files
     */
    public CompletedPrebuilds(@NonNull Path directory, @NonNull InstantSource clock, @NonNull Executor writer) {
        this(folder(directory), clock, writer);
    }

    CompletedPrebuilds(@NonNull XmlFolder<Saved> folder, @NonNull InstantSource clock, @NonNull Executor writer) {
        this.folder = folder;
        this.changes = new ChangedFiles<>(
                folder,
                MAXIMUM_PROJECTS,
                this,
                new Files(),
                writer,
                "Could not save which Gitpod prebuilds are of this Jenkins");
        this.clock = clock;
    }

    static XmlFolder<Saved> folder(Path directory) {
        return new XmlFolder<>(
                directory, XSTREAM, Saved.class, "The prebuilds in it are not deleted in favor of newer ones.");
    }

    private final class Files implements ChangedFiles.Content<Saved> {

        @NonNull
        @Override
        public Saved toSave(@NonNull String projectId) {
            return new Saved(known(projectId));
        }

        @Override
        public void deleted(@NonNull String projectId) {
            inMemory.remove(projectId);
        }
    }

    /** Adds a prebuild that this Jenkins created. It counts at once. */
    public void add(@NonNull String projectId, @NonNull String prebuildId, @NonNull UUID requestId) {
        put(projectId, prebuildId, requestId);
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

    private synchronized void put(String projectId, String prebuildId, UUID requestId) {
        if (!FILE_NAME.matcher(projectId).matches()) {
            return;
        }
        Instant now = clock.instant();
        List<Entry> entries = new ArrayList<>(known(projectId));
        entries.removeIf(each -> each.isOlderThan(now.minus(RETENTION)) || each.id.equals(prebuildId));
        entries.add(new Entry(prebuildId, now));
        List<Entry> last =
                List.copyOf(entries.subList(Math.max(0, entries.size() - MAXIMUM_PREBUILDS), entries.size()));
        inMemory.put(projectId, last);
        changes.changed(projectId);
        changes.changedFor(requestId);
    }

    /** The completed prebuilds of a project that this Jenkins created. */
    @NonNull
    public Set<String> of(@NonNull String projectId) {
        return since(projectId, RETENTION);
    }

    /** Those of them that completed so recently that Gitpod may not list them as completed yet. */
    @NonNull
    public Set<String> recent(@NonNull String projectId) {
        return since(projectId, RECENT);
    }

    private synchronized Set<String> since(String projectId, Duration age) {
        Set<String> ids = new HashSet<>();
        if (FILE_NAME.matcher(projectId).matches()) {
            Instant limit = clock.instant().minus(age);
            known(projectId).stream().filter(each -> !each.isOlderThan(limit)).forEach(each -> ids.add(each.id));
        }
        return ids;
    }

    private List<Entry> known(String projectId) {
        List<Entry> known = inMemory.get(projectId);
        if (known == null) {
            known = read(projectId);
            inMemory.put(projectId, known);
            forgetOldest();
        }
        return known;
    }

    private void forgetOldest() {
        Iterator<String> oldest = inMemory.keySet().iterator();
        while (inMemory.size() > PROJECTS_IN_MEMORY && oldest.hasNext()) {
            if (!changes.isUnwritten(oldest.next())) {
                oldest.remove();
            }
        }
    }

    private List<Entry> read(String projectId) {
        if (!folder.contains(projectId)) {
            return List.of();
        }
        try {
            List<Entry> saved = folder.read(projectId).prebuilds;
            return saved == null ? List.of() : List.copyOf(saved);
        } catch (IOException e) {
            folder.setAside(projectId, e);
            return List.of();
        }
    }
}

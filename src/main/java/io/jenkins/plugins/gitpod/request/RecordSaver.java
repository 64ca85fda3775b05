package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Saves the records of one request with its build, one at a time. Its lock is held meanwhile, so that the deletion of the
 * build comes before or after that.
 */
final class RecordSaver {

    private final Supplier<RequestOrigin> origin;
    private final Runnable saveLast = () -> saveLast(0);
    private boolean isBuildDeleted;

    /** The newest record, or null if there is none. */
    @CheckForNull
    private PrebuildRecord last;

    /** The last record with a conclusion. No other one replaces it. */
    @CheckForNull
    private PrebuildRecord end;

    /** @param origin with the current names of its job and build */
    RecordSaver(@NonNull Supplier<RequestOrigin> origin) {
        this.origin = origin;
    }

    /** The build is being deleted. Saving it would bring half of it back. */
    synchronized void buildDeleted() {
        isBuildDeleted = true;
    }

    /** Saves a record, unless one with a conclusion was saved and this one has none. */
    synchronized void save(@NonNull PrebuildRecord record) {
        if (record.getConclusion() != null) {
            end = record;
        }
        if (end == null || record == end) {
            last = record;
            save(record, 0);
        }
    }

    /**
     * Shows a record at once and saves it a little later, unless one with a conclusion was saved. A crash may lose what this
     * record has and earlier ones have not.
     */
    synchronized void saveLater(@NonNull PrebuildRecord record) {
        if (end == null && !isBuildDeleted) {
            last = record;
            BuildRecorder.saveLater(origin, record, saveLast);
        }
    }

    private synchronized void saveLast(int retries) {
        PrebuildRecord newest = last;
        if (newest != null && end == null && !isBuildDeleted && !BuildRecorder.save(origin, newest)) {
            later(retries, () -> saveLast(retries + 1));
        }
    }

    private void save(PrebuildRecord record, int retries) {
        if (!isBuildDeleted && !BuildRecorder.save(origin, record) && end != null) {
            later(retries, () -> saveAgain(record, retries + 1));
        }
    }

    /** The build was not found: its job may be being renamed. After that, the origin has the new name. */
    private static void later(int retries, Runnable save) {
        Duration delay = BuildRecorder.retryDelay(retries);
        if (delay != null) {
            PrebuildService service = PrebuildService.get();
            service.later(delay, () -> service.background().execute(save));
        }
    }

    private synchronized void saveAgain(PrebuildRecord record, int retries) {
        if (record == end) {
            save(record, retries);
        }
    }
}

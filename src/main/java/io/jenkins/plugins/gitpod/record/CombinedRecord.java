package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * One record of what became of several requests, one for each environment class. It is as bad as the worst of them, and is
 * told to the build that asked. It is not saved.
 */
@Restricted(NoExternalUse.class)
public final class CombinedRecord {

    /** The best first: what somebody wanted, then what somebody has to look at. */
    private static final List<EndStatus> BEST_FIRST = List.of(
            EndStatus.SKIPPED,
            EndStatus.COMPLETED,
            EndStatus.LEFT_RUNNING,
            EndStatus.CANCELLED,
            EndStatus.CANCELLED_IN_GITPOD,
            EndStatus.DELETED,
            EndStatus.FAILED,
            EndStatus.ERROR);

    private static final List<Result> BEST_RESULT_FIRST =
            List.of(Result.SUCCESS, Result.UNSTABLE, Result.ABORTED, Result.FAILURE);

    // Hash sets, because a request that is still open has no status.
    private static final Set<EndStatus> CANCELLED =
            new HashSet<>(List.of(EndStatus.CANCELLED, EndStatus.CANCELLED_IN_GITPOD, EndStatus.DELETED));

    private static final Set<EndStatus> FAILED = new HashSet<>(List.of(EndStatus.FAILED, EndStatus.ERROR));

    private CombinedRecord() {}

    /**
     * Combines the records of requests that have ended. At least one is needed; others may still be open and are only counted.
     *
     * @param requestId the request that they are parts of
     * @param records all of them, in the order of the classes
     * @param name names the class of a record
     */
    @NonNull
    public static PrebuildRecord of(
            @NonNull UUID requestId,
            @NonNull List<PrebuildRecord> records,
            @NonNull Function<PrebuildRecord, String> name) {
        PrebuildRecord first = records.get(0);
        List<PrebuildRecord> ended =
                records.stream().filter(each -> each.getConclusion() != null).toList();
        EndStatus worst = ended.stream()
                .map(PrebuildRecord::getConclusion)
                .max(Comparator.comparing(BEST_FIRST::indexOf))
                .orElseThrow();
        List<PrebuildResult> results = records.stream()
                .map(CombinedRecord::result)
                .filter(Objects::nonNull)
                .toList();
        String message = records.size() == 1 ? first.getMessage() : message(records, name);
        return new PrebuildRecord(
                        requestId.toString(),
                        first.getProjectId(),
                        first.getConnection(),
                        first.isDetached(),
                        results.isEmpty() ? null : of(results),
                        worst,
                        message)
                .of(ended);
    }

    /** The result of the worst one, which has the others as its parts. */
    @NonNull
    public static PrebuildResult of(@NonNull List<PrebuildResult> results) {
        PrebuildResult worst = results.get(0);
        for (PrebuildResult each : results) {
            worst = badness(each) > badness(worst) ? each : worst;
        }
        return worst.of(results);
    }

    @CheckForNull
    private static PrebuildResult result(PrebuildRecord record) {
        PrebuildResult result = record.getResult();
        return result == null ? null : result.ofClass(record.getEnvironmentClassId());
    }

    private static int badness(PrebuildResult result) {
        if (result.isSkipped()) {
            return 0;
        }
        return switch (result.getPhase()) {
            case "COMPLETED" -> result.getWarningMessage() == null ? 1 : 2;
            case "CANCELLING", "CANCELLED" -> 4;
            case "DELETING", "DELETED" -> 5;
            case "FAILED" -> 6;
            default -> 3; // it runs
        };
    }

    /** The worst result of the requests for a build with these options. A failure says more than a cancellation. */
    @NonNull
    static Result result(@NonNull List<PrebuildRecord> records, @NonNull PrebuildOptions options) {
        return records.stream()
                .map(each -> each.resultFor(options))
                .max(Comparator.comparing(BEST_RESULT_FIRST::indexOf))
                .orElseThrow();
    }

    /** How many ended how, and what went wrong with which class. */
    private static String message(List<PrebuildRecord> records, Function<PrebuildRecord, String> name) {
        List<String> counts = new ArrayList<>();
        count(counts, records, Messages::CombinedRecord_completed, status -> status == EndStatus.COMPLETED);
        count(counts, records, Messages::CombinedRecord_created, Objects::isNull);
        count(counts, records, Messages::CombinedRecord_skipped, status -> status == EndStatus.SKIPPED);
        count(counts, records, Messages::CombinedRecord_leftRunning, status -> status == EndStatus.LEFT_RUNNING);
        count(counts, records, Messages::CombinedRecord_cancelled, CANCELLED::contains);
        count(counts, records, Messages::CombinedRecord_failed, FAILED::contains);
        String failures = records.stream()
                .filter(CombinedRecord::isTrouble)
                .map(each -> " " + Messages.CombinedRecord_ofClass(name.apply(each), each.getMessage()))
                .collect(Collectors.joining());
        return Messages.CombinedRecord_ended(records.size(), String.join(", ", counts)) + failures;
    }

    private static void count(
            List<String> counts,
            List<PrebuildRecord> records,
            Function<Object, String> text,
            Predicate<EndStatus> filter) {
        long number = records.stream()
                .map(PrebuildRecord::getConclusion)
                .filter(filter)
                .count();
        if (number > 0) {
            counts.add(text.apply(number));
        }
    }

    /** Whether the end of a request says more than that it is over. */
    private static boolean isTrouble(PrebuildRecord record) {
        EndStatus status = record.getConclusion();
        PrebuildResult result = record.getResult();
        boolean isWarned = status == EndStatus.COMPLETED && result != null && result.getWarningMessage() != null;
        return isWarned || status != EndStatus.CANCELLED && (CANCELLED.contains(status) || FAILED.contains(status));
    }
}

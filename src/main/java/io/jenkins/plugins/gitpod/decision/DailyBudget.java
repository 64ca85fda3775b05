package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.store.RunTimes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The minutes that the prebuilds of a project may run within 24 hours. A pure function. */
final class DailyBudget {

    private final Duration budget;
    private final List<RunTimes.Run> runs;

    DailyBudget(int minutes, @NonNull List<RunTimes.Run> runs) {
        this.budget = Duration.ofMinutes(minutes);
        this.runs = runs;
    }

    /** How long the prebuilds ran in the 24 hours before a time. */
    @NonNull
    Duration used(@NonNull Instant time) {
        Instant from = time.minus(RunTimes.WINDOW);
        Duration used = Duration.ZERO;
        for (RunTimes.Run run : runs) {
            Duration counted = Duration.between(
                    run.start().isBefore(from) ? from : run.start(), run.end().isAfter(time) ? time : run.end());
            used = counted.isNegative() ? used : used.plus(counted);
        }
        return used;
    }

    boolean isUsedUp(@NonNull Instant now) {
        return used(now).compareTo(budget) >= 0;
    }

    /** The first minute at which the budget is not used up, if nothing else runs until then. */
    @NonNull
    Instant freeAgain(@NonNull Instant now) {
        Instant usedUp = now;
        Instant free = now.plus(RunTimes.WINDOW);
        // The later it is, the less counts.
        while (Duration.between(usedUp, free).compareTo(Duration.ofSeconds(1)) > 0) {
            Instant middle = usedUp.plus(Duration.between(usedUp, free).dividedBy(2));
            if (isUsedUp(middle)) {
                usedUp = middle;
            } else {
                free = middle;
            }
        }
        Instant minute = free.truncatedTo(ChronoUnit.MINUTES);
        return minute.isBefore(free) ? minute.plus(1, ChronoUnit.MINUTES) : minute;
    }
}

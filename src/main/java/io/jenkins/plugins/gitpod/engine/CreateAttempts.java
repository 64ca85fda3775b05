package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The creates of one request that may have reached Gitpod, the oldest first, and whether one more may follow. */
final class CreateAttempts {

    /** The maximum number of resends of one request. */
    static final int MAX_RESENDS = 3;

    /** Cannot be changed. */
    private List<CreateAttempt> open;

    private int sent;

    @CheckForNull
    private CreateAttempt last;

    CreateAttempts(List<CreateAttempt> saved) {
        open = List.copyOf(saved);
        sent = saved.isEmpty() ? 0 : saved.get(saved.size() - 1).number();
    }

    /** Those that may have made a prebuild and are not accounted for. */
    List<CreateAttempt> open() {
        return open;
    }

    /** The number of creates that were sent, which is also the number of the latest one. */
    int sent() {
        return sent;
    }

    /** The latest one since the start of Jenkins, accounted for or not; empty if there is none. */
    List<CreateAttempt> last() {
        return last == null ? List.of() : List.of(last);
    }

    /**
     * One is being sent.
     *
     * @param number the next number, or that of the latest one, which surely did nothing and is sent once more
     */
    void send(int number, Instant now, @Nullable Instant serverTime) {
        sent = number;
        last = new CreateAttempt(number, now, serverTime);
        List<CreateAttempt> next = new ArrayList<>(othersThan(number));
        next.add(last);
        open = List.copyOf(next);
    }

    List<CreateAttempt> othersThan(int number) {
        return open.stream().filter(one -> one.number() != number).toList();
    }

    /** What this one made is known, or that it made nothing. */
    void forget(int number) {
        open = othersThan(number);
    }

    /** Removes all, and returns those with other numbers, for other requests to look after. */
    List<CreateAttempt> drainOthers(int number) {
        List<CreateAttempt> others = othersThan(number);
        open = List.of();
        return others;
    }

    boolean mayRepeat() {
        return sent <= MAX_RESENDS;
    }

    /** How long after the last look-up of a read lag the next create is sent: 2, 5 and 15 s for a read lag of 30 s. */
    Duration waitBeforeNext(Duration readLag) {
        return switch (sent) {
            case 1 -> readLag.dividedBy(15);
            case 2 -> readLag.dividedBy(6);
            default -> readLag.dividedBy(2);
        };
    }
}

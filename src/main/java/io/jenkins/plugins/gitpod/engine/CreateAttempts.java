package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The creates of one request that may have reached Gitpod, the oldest first, and whether one more may follow. */
final class CreateAttempts {

    /** So often is a create sent again at most. */
    static final int MAX_RESENDS = 3;

    private final List<CreateAttempt> open;
    private int sent;

    @CheckForNull
    private CreateAttempt last;

    CreateAttempts(List<CreateAttempt> saved) {
        open = new ArrayList<>(saved);
        sent = saved.isEmpty() ? 0 : saved.get(saved.size() - 1).number();
    }

    /** Those that may have made a prebuild. */
    List<CreateAttempt> open() {
        return List.copyOf(open);
    }

    /** How many creates were sent in all. */
    int sent() {
        return sent;
    }

    /** The number of the latest. */
    int latest() {
        return sent;
    }

    /** The latest that this machine has sent, known to have done something or not. */
    List<CreateAttempt> last() {
        return last == null ? List.of() : List.of(last);
    }

    /** One more goes out. */
    void add(Instant now, @Nullable Instant serverTime) {
        sent++;
        last = new CreateAttempt(sent, now, serverTime);
        open.add(last);
    }

    /** The latest surely did nothing and goes out once more: nothing older is its work. */
    void repeat(Instant now, @Nullable Instant serverTime) {
        latestDidNothing();
        last = new CreateAttempt(sent, now, serverTime);
        open.add(last);
    }

    /** The latest surely did nothing and never will. */
    void latestDidNothing() {
        open.removeIf(one -> one.number() == sent);
    }

    List<CreateAttempt> othersThan(int number) {
        return open.stream().filter(one -> one.number() != number).toList();
    }

    /** It is known what this one made. */
    void forget(int number) {
        open.removeIf(one -> one.number() == number);
    }

    /** All but the one with this number are no longer this request's business, and that one is done with. */
    List<CreateAttempt> giveAway(int number) {
        List<CreateAttempt> others = othersThan(number);
        open.clear();
        return others;
    }

    boolean mayRepeat() {
        return sent <= MAX_RESENDS;
    }

    /** How long after the last look of a read lag the next create leaves: 2, 5 and 15 s with a read lag of 30 s. */
    Duration waitBeforeNext(Duration readLag) {
        return switch (sent) {
            case 1 -> readLag.dividedBy(15);
            case 2 -> readLag.dividedBy(6);
            default -> readLag.dividedBy(2);
        };
    }
}

package io.jenkins.plugins.gitpod.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A figure of a case that must not exceed a limit.
 *
 * @param what for people
 * @param of which case; the first one that matches counts
 * @param figure which figure of it
 * @param limit the maximum
 */
record Target(String what, Predicate<Case> of, Figure figure, double limit) {

    /** The limit of Gitpod's in the cases about it. */
    static final int CALL_LIMIT = 5;

    static final List<Target> ALL = all();

    private static List<Target> all() {
        List<Target> all = new ArrayList<>();
        Predicate<Case> plain = plugin().and(each -> each.limit() == 0 && each.networkMillis() == 0);
        Predicate<Case> one = plain.and(each -> each.secrets() == 1);
        Predicate<Case> thousandByStream = one.and(waits(1000)).and(Case::stream);
        Predicate<Case> thousandByPolling = one.and(waits(1000)).and(each -> !each.stream());
        Predicate<Case> tenThousandByStream = one.and(waits(10_000)).and(Case::stream);
        all.add(new Target("threads at most, 1,000 waits, stream", thousandByStream, Figure.MOST, 8));
        all.add(new Target("threads at most, 1,000 waits, polling", thousandByPolling, Figure.MOST, 8));
        Predicate<Case> fifty = plain.and(waits(1000)).and(each -> each.secrets() == 50);
        all.add(new Target(
                "threads at most, 1,000 waits of 50 secrets, stream", fifty.and(Case::stream), Figure.MOST, 12));
        all.add(new Target(
                "threads at most, 1,000 waits of 50 secrets, polling",
                fifty.and(each -> !each.stream()),
                Figure.MOST,
                12));
        all.add(new Target("watching calls/s, 1,000 waits, stream", thousandByStream, Figure.WATCHING, 1));
        all.add(new Target("watching calls/s, 1,000 waits, polling", thousandByPolling, Figure.WATCHING, 1));
        noticed(all, "1,000 waits, stream", thousandByStream, 2, 6);
        noticed(all, "10,000 waits, stream", tenThousandByStream, 4, 12);
        noticed(all, "1,000 waits, polling", thousandByPolling, 8, 13);
        all.add(new Target("calls for a single prebuild, polling", single(one, false), Figure.CALLS, 45));
        all.add(new Target("calls for a single prebuild, stream", single(one, true), Figure.CALLS, 8));
        all.add(new Target("memory of a wait, kB, 1,000 waits", thousandByStream, Figure.HEAP, 4));
        all.add(new Target("memory of a wait, kB, 10,000 waits", tenThousandByStream, Figure.HEAP, 4));
        Predicate<Case> limited = plugin().and(each -> each.limit() == CALL_LIMIT);
        for (int waits : new int[] {30, 1000}) {
            for (boolean stream : new boolean[] {true, false}) {
                all.add(new Target(
                        String.format(
                                "failed waits of %,d, limit of %d calls/s, %s",
                                waits, CALL_LIMIT, stream ? "stream" : "polling"),
                        limited.and(waits(waits)).and(each -> each.stream() == stream),
                        Figure.FAILED,
                        0));
            }
        }
        return List.copyOf(all);
    }

    private static void noticed(List<Target> all, String where, Predicate<Case> of, int median, int p99) {
        all.add(new Target("end noticed, " + where + ", median s", of, Figure.MEDIAN, median));
        all.add(new Target("end noticed, " + where + ", p99 s", of, Figure.P99, p99));
    }

    private static Predicate<Case> plugin() {
        return each -> each.way() == Case.Way.PLUGIN;
    }

    private static Predicate<Case> waits(int number) {
        return each -> each.waits() == number;
    }

    private static Predicate<Case> single(Predicate<Case> of, boolean stream) {
        return of.and(waits(1)).and(each -> each.stream() == stream);
    }

    static String head() {
        return "| what | target | measured | met |\n|---|--:|--:|---|";
    }

    /** A row for the table of targets, or nothing if no case of these was about it. */
    Optional<String> row(List<Measured> measured) {
        return measured.stream()
                .filter(each -> of.test(each.of()))
                .findFirst()
                .map(each -> "| " + what + " | " + Spread.number(limit, 0) + " | "
                        + each.spread(figure).text(figure.digits) + " | " + met(each) + " |");
    }

    /** A run that failed, or in which the figure was not measured, does not meet the target. */
    private String met(Measured measured) {
        Spread spread = measured.spread(figure);
        int runs = measured.results().size() + measured.failedRuns();
        int good = spread.runsUpTo(limit);
        if (good == runs && runs > 0) {
            return "yes";
        }
        return good == 0 ? "no" : "in " + good + " of " + runs + " runs";
    }
}

package io.jenkins.plugins.gitpod.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What follows the table of cases: the fixed heap, the targets, and where all was measured. */
final class Summary {

    private Summary() {}

    static String of(List<Measured> measured, Duration took) {
        StringBuilder text = new StringBuilder("\n");
        for (Case.Way way : Case.Way.values()) {
            Spread fixed = fixedHeap(measured, way);
            if (!fixed.isEmpty()) {
                text.append("Heap that the first waits keep, not part of kB/wait: ")
                        .append(way == Case.Way.PLUGIN ? "plugin " : "poller ")
                        .append(fixed.text(Figure.FIXED_HEAP.digits))
                        .append(" kB.\n");
            }
        }
        List<String> targets = Target.ALL.stream()
                .map(each -> each.row(measured))
                .flatMap(Optional::stream)
                .toList();
        if (!targets.isEmpty()) {
            text.append('\n').append(Target.head()).append('\n');
            targets.forEach(each -> text.append(each).append('\n'));
        }
        int runs = measured.stream()
                .mapToInt(each -> each.results().size() + each.failedRuns())
                .sum();
        return text.append('\n')
                .append(String.format(
                        "%d runs of %d cases in %d s on %d cores, Java %s; times, calls per second, network time and the"
                                + " limit are of simulated time.",
                        runs,
                        measured.size(),
                        took.toSeconds(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("java.version")))
                .toString();
    }

    private static Spread fixedHeap(List<Measured> measured, Case.Way way) {
        return new Spread(measured.stream()
                .filter(each -> each.of().way() == way)
                .flatMap(each -> each.results().stream())
                .map(each -> each.figures().get(Figure.FIXED_HEAP))
                .filter(each -> each != null)
                .toList());
    }
}

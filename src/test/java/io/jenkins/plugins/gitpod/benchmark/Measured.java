package io.jenkins.plugins.gitpod.benchmark;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All runs of one case.
 *
 * @param of the case
 * @param results one for each run that succeeded
 * @param failedRuns how many runs did not succeed
 */
record Measured(Case of, List<Result> results, int failedRuns) {

    static final Set<Figure> COLUMNS = EnumSet.complementOf(EnumSet.of(Figure.FIXED_HEAP));

    Measured {
        results = List.copyOf(results);
    }

    static String head() {
        List<String> before = List.of("way", "waits", "secrets", "stream", "limit", "network ms");
        List<String> titles = new ArrayList<>(before);
        COLUMNS.forEach(each -> titles.add(each.title));
        titles.add("scale");
        titles.add("runs");
        String line = titles.stream()
                .map(each -> each.equals("way") || each.equals("stream") ? "---" : "--:")
                .collect(Collectors.joining("|"));
        return "| " + String.join(" | ", titles) + " |\n|" + line + "|";
    }

    Spread spread(Figure figure) {
        return new Spread(results.stream()
                .map(each -> each.figures().get(figure))
                .filter(Objects::nonNull)
                .toList());
    }

    String row() {
        boolean whole = of.window() == 0;
        List<String> cells = new ArrayList<>(List.of(
                of.way() == Case.Way.PLUGIN ? "plugin" : "poller",
                String.valueOf(of.waits()),
                String.valueOf(of.secrets()),
                of.stream() ? "yes" : "no",
                orDash(of.limit()),
                orDash(of.networkMillis())));
        for (Figure each : COLUMNS) {
            String text = spread(each).text(each.digits);
            cells.add(!whole && each == Figure.CALLS ? "~" + text : text);
        }
        boolean round = of.scale() == Math.rint(of.scale());
        cells.add((round ? String.valueOf((long) of.scale()) : String.valueOf(of.scale())) + (whole ? "" : "*"));
        cells.add(failedRuns == 0 ? String.valueOf(results.size()) : results.size() + ", " + failedRuns + " failed");
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String orDash(int number) {
        return number == 0 ? "-" : String.valueOf(number);
    }
}

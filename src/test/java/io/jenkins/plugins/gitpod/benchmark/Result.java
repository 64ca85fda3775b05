package io.jenkins.plugins.gitpod.benchmark;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures of one run of a case. A figure that was not measured is missing. Immutable. */
record Result(Map<Figure, Double> figures) {

    Result {
        figures = Collections.unmodifiableMap(new EnumMap<>(figures));
    }

    /** One line, for the way to another process. */
    String toLine() {
        return figures.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    static Result of(String line) {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        for (String each : line.split(" ")) {
            int equals = each.indexOf('=');
            figures.put(Figure.valueOf(each.substring(0, equals)), Double.valueOf(each.substring(equals + 1)));
        }
        return new Result(figures);
    }
}

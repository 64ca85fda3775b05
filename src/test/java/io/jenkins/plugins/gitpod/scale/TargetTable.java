package io.jenkins.plugins.gitpod.scale;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Rows of measures, as Markdown, beside their targets. Each row is printed at once, so that a broken run shows what it has. */
final class TargetTable {

    private final Path file;

    TargetTable(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, "");
    }

    /** Starts a table. */
    void head(String... columns) {
        line("");
        line("| " + String.join(" | ", columns) + " |");
        line("|" + "---|".repeat(columns.length));
    }

    void row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(cell).append(" |");
        }
        line(row.toString());
    }

    /** A measure that has no target. */
    void measure(String what, String measured) {
        row(what, "–", measured, "–");
    }

    /** A measure that must not exceed its target. */
    void atMost(String what, double target, double measured, String unit) {
        row(what, number(target) + unit, number(measured) + unit, measured <= target ? "yes" : "**no**");
    }

    /** A measure with a condition in words. */
    void met(String what, String target, String measured, boolean met) {
        row(what, target, measured, met ? "yes" : "**no**");
    }

    static String number(double value) {
        if (value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,d", (long) value);
        }
        return String.format(
                Locale.ROOT, Math.abs(value) < 0.1 ? "%.3f" : Math.abs(value) < 10 ? "%.2f" : "%.1f", value);
    }

    void line(String line) {
        System.out.println(line);
        try {
            Files.writeString(
                    file,
                    line + "\n",
                    StandardCharsets.UTF_8,
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

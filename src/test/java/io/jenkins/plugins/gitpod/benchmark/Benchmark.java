package io.jenkins.plugins.gitpod.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Measures all cases, one after the other, and prints a table. */
public final class Benchmark {

    private static final String HEAD =
            "| way | waits | secrets | stream | limit | threads | most | watching calls/s | calls/prebuild | kB/wait "
                    + "| median s | p99 s | failed | open | refused | scale |\n"
                    + "|---|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

    private static final int LIMIT = 5;
    private static final Duration START = Duration.ofMillis(2500);
    private static final Duration LONGEST = Duration.ofMinutes(8);

    private Benchmark() {}

    /**
     * Runs the benchmark.
     *
     * @param args {@code --quick} for a short form, {@code --only=N} for the N-th case alone
     * @throws Exception if a case cannot be run
     */
    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        List<Case> cases = arguments.contains("--quick") ? quick() : full();
        Instant begun = Instant.now();
        System.out.println(HEAD);
        boolean bad = false;
        for (int i = 0; i < cases.size(); i++) {
            String only = "--only=" + (i + 1);
            if (arguments.stream().noneMatch(each -> each.startsWith("--only=")) || arguments.contains(only)) {
                String row = row(cases.get(i), run(cases.get(i)));
                System.out.println(row);
                bad |= row.contains("no result");
            }
        }
        System.out.println("\n" + cases.size() + " cases in "
                + Duration.between(begun, Instant.now()).toSeconds() + " s on "
                + Runtime.getRuntime().availableProcessors() + " cores, Java " + System.getProperty("java.version")
                + "; times, calls per second and the limit are of simulated time.");
        if (bad) {
            System.exit(1);
        }
    }

    private static List<Case> quick() {
        List<Case> cases = new ArrayList<>();
        for (int waits : new int[] {1, 30, 300}) {
            cases.add(plugin(waits, 1, true, 0, 60));
            cases.add(plugin(waits, 1, false, 0, 60));
            cases.add(poller(waits, 0, waits > 100 ? 20 : 60));
        }
        cases.add(plugin(30, 1, false, LIMIT, 60));
        cases.add(poller(30, LIMIT, 60));
        return cases;
    }

    private static List<Case> full() {
        List<Case> cases = new ArrayList<>();
        for (int waits : new int[] {1, 30, 1000, 10_000}) {
            // The slower, the truer: what sleeps for a real minute, as threads of the HTTP library do, is gone by the
            // end.
            double scale = waits == 1 ? 60 : waits < 1000 ? 20 : 8;
            cases.add(plugin(waits, 1, true, 0, scale));
            cases.add(plugin(waits, 1, false, 0, scale));
            if (waits >= 1000) {
                cases.add(plugin(waits, 50, true, 0, scale));
                cases.add(plugin(waits, 50, false, 0, scale));
            }
            cases.add(waits < 10_000 ? poller(waits, 0, scale) : pollerWindow(waits));
        }
        for (int waits : new int[] {30, 1000}) {
            double scale = waits < 1000 ? 60 : 20;
            cases.add(plugin(waits, 1, true, LIMIT, scale));
            cases.add(plugin(waits, 1, false, LIMIT, scale));
            cases.add(poller(waits, LIMIT, scale));
        }
        return cases;
    }

    private static Case plugin(int waits, int secrets, boolean stream, int limit, double scale) {
        return new Case(Case.Way.PLUGIN, waits, secrets, stream, limit, scale, 0);
    }

    private static Case poller(int waits, int limit, double scale) {
        return new Case(Case.Way.POLLER, waits, 1, false, limit, scale, 0);
    }

    private static Case pollerWindow(int waits) {
        return new Case(Case.Way.POLLER, waits, 1, false, 0, 1, 30);
    }

    private static String row(Case of, String result) {
        String[] cells = result.split(" ");
        boolean whole = of.window() == 0;
        List<String> row = new ArrayList<>(List.of(
                of.way() == Case.Way.PLUGIN ? "plugin" : "poller",
                String.valueOf(of.waits()),
                String.valueOf(of.secrets()),
                of.stream() ? "yes" : "no",
                of.limit() == 0 ? "-" : String.valueOf(of.limit())));
        if (cells.length == 10) {
            row.addAll(List.of(cells));
            if (!whole) {
                row.set(8, "~" + row.get(8));
            }
        } else {
            row.add("no result");
        }
        row.add((of.scale() == Math.rint(of.scale()) ? String.valueOf((long) of.scale()) : String.valueOf(of.scale()))
                + (whole ? "" : "*"));
        return "| " + String.join(" | ", row) + " |";
    }

    private static String run(Case of) throws Exception {
        String arguments = of.toArguments(Instant.now().plus(START));
        Process gitpod = java(BenchmarkGitpod.class, arguments, "-Xmx3g");
        Process waiter = java(BenchmarkRun.class, arguments, "-Xmx3g");
        Thread answers = pump(gitpod.getInputStream(), waiter.getOutputStream());
        Thread questions = pump(waiter.getInputStream(), gitpod.getOutputStream());
        StringBuilder errors = new StringBuilder();
        Thread results = new Thread(() -> {
            try {
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(waiter.getErrorStream(), StandardCharsets.UTF_8));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    errors.append(line).append('\n');
                }
            } catch (IOException e) {
                errors.append(e).append('\n');
            }
        });
        results.start();
        boolean over = waiter.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
        waiter.destroyForcibly();
        gitpod.destroyForcibly();
        results.join();
        answers.join();
        questions.join();
        String[] lines = errors.toString().strip().split("\n");
        if (!over || waiter.exitValue() != 0) {
            System.err.println(errors);
            return "none";
        }
        return lines[lines.length - 1];
    }

    private static Process java(Class<?> main, String arguments, String heap) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        if (main == BenchmarkGitpod.class) {
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        return builder.start();
    }

    private static Thread pump(InputStream from, OutputStream to) {
        Thread thread = new Thread(() -> {
            try (from;
                    to) {
                byte[] buffer = new byte[8192];
                for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                    to.write(buffer, 0, read);
                    to.flush();
                }
            } catch (IOException e) {
                // one of the two has ended
            }
        });
        thread.start();
        return thread;
    }
}

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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The two processes of one run of a case: the simulated Gitpod, and the waiting process. */
final class ProcessPair {

    private static final Duration LONGEST = Duration.ofMinutes(8);

    private ProcessPair() {}

    /** Runs the case once. @return nothing if it could not be run, which is explained on the error stream */
    static Optional<Result> run(Case of) throws IOException, InterruptedException {
        String arguments = of.toArguments(Instant.now());
        Process gitpod = java(BenchmarkGitpod.class, arguments);
        Process waiter = java(BenchmarkRun.class, arguments);
        Thread answers = pump(gitpod.getInputStream(), waiter.getOutputStream());
        Thread questions = pump(waiter.getInputStream(), gitpod.getOutputStream());
        StringBuilder errors = new StringBuilder();
        Thread results = start(() -> read(waiter.getErrorStream(), errors));
        boolean over;
        try {
            over = waiter.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
        } finally {
            waiter.destroyForcibly();
            gitpod.destroyForcibly();
        }
        results.join();
        answers.join();
        questions.join();
        if (!over || waiter.exitValue() != 0) {
            System.err.println(of + (over ? "" : " took too long") + "\n" + errors);
            return Optional.empty();
        }
        String[] lines = errors.toString().strip().split("\n");
        return Optional.of(Result.of(lines[lines.length - 1]));
    }

    private static Process java(Class<?> main, String arguments) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx3g",
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

    private static void read(InputStream from, StringBuilder into) {
        try {
            BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                into.append(line).append('\n');
            }
        } catch (IOException e) {
            into.append(e).append('\n');
        }
    }

    private static Thread pump(InputStream from, OutputStream to) {
        return start(() -> {
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
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}

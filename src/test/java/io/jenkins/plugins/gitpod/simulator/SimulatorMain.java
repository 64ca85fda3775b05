package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;

/**
 * Runs a simulator by itself, for trying things out by hand, with an account and five projects whose ids are the same
 * each time.
 *
 * <p>Arguments, all optional: {@code --port} (any free one if not given), {@code --token} ({@code demo-token}),
 * {@code --speed} (1; with 10 a prebuild of 11 minutes takes 66 seconds) and {@code --repository}, the folder of a Git
 * repository on disk, which need not exist yet: a sixth project is then built from the newest commit of its main branch.
 */
public final class SimulatorMain {
    private static final String PROJECT_ID = "01990000-0000-7000-8000-00000000000";

    private SimulatorMain() {}

    /**
     * Starts a simulator, prints where it is and what it holds, and runs until the process is ended.
     *
     * @param args see the class
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        try (GitpodSimulator simulator = start(args)) {
            System.out.println(describe(simulator));
            Thread.currentThread().join();
        }
    }

    /**
     * Starts a simulator as {@link #main} does, but returns.
     *
     * @param args see the class
     * @return the simulator, listening
     * @throws IllegalArgumentException for an unknown argument, or one without a proper value
     */
    @NonNull
    public static GitpodSimulator start(@NonNull String... args) {
        int port = 0;
        String token = "demo-token";
        double speed = 1;
        Path repository = null;
        for (Iterator<String> left = Arrays.asList(args).iterator(); left.hasNext(); ) {
            String name = left.next();
            if (!left.hasNext()) {
                throw new IllegalArgumentException("No value for " + name);
            }
            String value = left.next();
            switch (name) {
                case "--port" -> port = Integer.parseInt(value);
                case "--token" -> token = value;
                case "--speed" -> speed = Double.parseDouble(value);
                case "--repository" -> repository = Path.of(value);
                default -> throw new IllegalArgumentException("Unknown argument " + name);
            }
        }
        GitpodSimulator simulator = demo(port, token, 1 / speed);
        if (repository != null) {
            Path main = repository.resolve(".git/refs/heads/main");
            project(simulator, 6, "demo-commits", PhasePlan.typical(), 1 / speed)
                    .commit(() -> read(main));
        }
        return simulator;
    }

    private static String read(Path ref) {
        try {
            return Files.readString(ref).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GitpodSimulator demo(int port, String token, double scale) {
        GitpodSimulator simulator = GitpodSimulator.builder().port(port).start();
        simulator.account("demo").useToken(token);
        project(simulator, 1, "demo-completes", PhasePlan.typical(), scale);
        project(simulator, 2, "demo-fails", PhasePlan.failing("devcontainer build failed: exit code 1"), scale);
        project(simulator, 3, "demo-warns", PhasePlan.completedWithWarning("1 of 3 tasks failed"), scale);
        project(simulator, 4, "demo-slow", PhasePlan.typical().scaled(6), scale);
        project(simulator, 5, "demo-cancelled", PhasePlan.cancelled(), scale);
        simulator.onCreate(SimulatorMain::writeLog);
        return simulator;
    }

    private static SimProject project(
            GitpodSimulator simulator, int number, String name, PhasePlan plan, double scale) {
        return simulator.addProject(name, PROJECT_ID + number).plan(plan.scaled(scale));
    }

    private static void writeLog(SimPrebuild prebuild) {
        prebuild.keepLog()
                .log("[section-create] {\"id\":\"tasks\",\"name\":\"Tasks\"}")
                .log("Prebuild " + prebuild.id())
                .log("Downloading dependencies")
                .log("\u001b[32mdone\u001b[0m")
                .log("[section-end] {\"id\":\"tasks\"}");
    }

    private static String describe(GitpodSimulator simulator) {
        StringBuilder text = new StringBuilder("Gitpod simulator at ").append(simulator.apiUrl());
        text.append(System.lineSeparator())
                .append("token ")
                .append(simulator.account("demo").token());
        for (SimProject project : simulator.projects()) {
            text.append(System.lineSeparator()).append(project.id()).append(' ').append(project.name());
        }
        return text.toString();
    }
}

package io.jenkins.plugins.gitpod.demo;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.Arrays;
import java.util.Iterator;

/**
 * What the person at the keyboard wants.
 *
 * @param url API URL of a real Gitpod, or null for a simulated one
 * @param projectId project in the real Gitpod
 * @param environmentClassId class in the real Gitpod, or null for the project's default
 * @param demoProject name of the simulator's project
 * @param speed how many times faster than real the simulator is
 */
record DemoOptions(
        @Nullable String url,
        @Nullable String projectId,
        @Nullable String environmentClassId,
        @NonNull String demoProject,
        @NonNull String speed) {

    static final String USAGE = """
            Without arguments: a prebuild in a simulated Gitpod. Options of a simulated prebuild:
              --fail           it fails
              --warn           it completes with a warning
              --speed <times>  how many times faster than real time; default 30
            In a real Gitpod, with the token in the environment variable GITPOD_TOKEN:
              --url <API URL> --project <id> [--class <environment class id>]""";

    /**
     * @throws IllegalArgumentException with a message for the person
     */
    static DemoOptions parse(String... args) {
        String url = null;
        String projectId = null;
        String environmentClassId = null;
        String demoProject = "demo-completes";
        String speed = "30";
        for (Iterator<String> left = Arrays.asList(args).iterator(); left.hasNext(); ) {
            String name = left.next();
            switch (name) {
                case "--fail" -> demoProject = "demo-fails";
                case "--warn" -> demoProject = "demo-warns";
                case "--speed" -> speed = value(name, left);
                case "--url" -> url = value(name, left);
                case "--project" -> projectId = value(name, left);
                case "--class" -> environmentClassId = value(name, left);
                default -> throw new IllegalArgumentException("Unknown option " + name);
            }
        }
        if ((url == null) != (projectId == null) || url == null && environmentClassId != null) {
            throw new IllegalArgumentException("--url and --project must be used together");
        }
        return new DemoOptions(url, projectId, environmentClassId, demoProject, speed);
    }

    private static String value(String name, Iterator<String> left) {
        if (!left.hasNext()) {
            throw new IllegalArgumentException("No value for " + name);
        }
        return left.next();
    }
}

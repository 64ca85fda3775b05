package io.jenkins.plugins.gitpod.scale;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** What a recording says about files and about the plugin's own code. */
final class RecordingReport {

    private static final String PLUGIN = "io.jenkins.plugins.gitpod.";
    private static final List<String> TESTS = List.of(PLUGIN + "scale.", PLUGIN + "testing.");

    /** Files, by what they are. A file that is replaced counts each time. */
    final Map<String, Integer> files = new TreeMap<>();

    final Map<String, Long> fileBytes = new TreeMap<>();
    final Map<String, Double> cpu = new HashMap<>();
    final Map<String, Double> allocated = new HashMap<>();
    final Map<String, Double> locked = new HashMap<>();
    double allCpu;
    double allAllocated;
    double allLocked;
    int forces;
    int pluginForces;

    private final Set<String> replaced = new HashSet<>();

    static RecordingReport of(Path file) throws IOException {
        RecordingReport report = new RecordingReport();
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                report.add(events.readEvent());
            }
        }
        return report;
    }

    private void add(RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case "jdk.FileWrite" -> written(event);
            case "jdk.FileForce" -> {
                forces++;
                pluginForces += has(event, PLUGIN) ? 1 : 0;
            }
            case "jdk.ExecutionSample" -> {
                allCpu++;
                count(cpu, event, 1);
            }
            case "jdk.ObjectAllocationSample" -> {
                allAllocated += event.getLong("weight");
                count(allocated, event, event.getLong("weight"));
            }
            case "jdk.JavaMonitorEnter" -> locked(event);
            case "jdk.ThreadPark" -> {
                String on = event.getClass("parkedClass") == null
                        ? ""
                        : event.getClass("parkedClass").getName();
                if (on.contains("ReentrantLock") || on.contains("ReentrantReadWriteLock")) {
                    locked(event);
                }
            }
            default -> {
                // Not of interest.
            }
        }
    }

    private void locked(RecordedEvent event) {
        double millis = event.getDuration().toNanos() / 1e6;
        allLocked += millis;
        count(locked, event, millis);
    }

    private void written(RecordedEvent event) {
        String path = String.valueOf(event.getString("path")).replace('\\', '/');
        // Jenkins writes a temporary file, with a name of its own each time, and renames it. Others are appended to.
        boolean isReplacement = path.contains("atomic") || path.endsWith("tmp");
        String kind = kind(path, event);
        fileBytes.merge(kind, event.getLong("bytesWritten"), Long::sum);
        if (!isReplacement || replaced.add(path)) {
            files.merge(kind, 1, Integer::sum);
        }
    }

    private static String kind(String path, RecordedEvent event) {
        int own = path.indexOf("/gitpod-prebuilds/");
        if (own >= 0) {
            String below = path.substring(own + "/gitpod-prebuilds/".length());
            return below.contains("/") ? "plugin: " + below.substring(0, below.indexOf('/')) : "plugin: ledger";
        } else if (!path.contains("/builds/")) {
            return "other";
        } else if (has(event, "org.jenkinsci.plugins.workflow.support.pickles.serialization.RiverWriter")) {
            return "build: program.dat";
        } else if (path.contains("/workflow")) {
            return "build: steps";
        } else if (path.endsWith("/log") || path.endsWith("/log-index")) {
            return "build: " + (has(event, PLUGIN) ? "console, by the plugin" : "console");
        }
        return has(event, PLUGIN) ? "build: build.xml, by the plugin" : "build: build.xml";
    }

    private static boolean has(RecordedEvent event, String prefix) {
        return event.getStackTrace() != null
                && event.getStackTrace().getFrames().stream().anyMatch(frame -> {
                    String name = frame.getMethod().getType().getName();
                    return name.startsWith(prefix) && TESTS.stream().noneMatch(name::startsWith);
                });
    }

    /** Adds a weight to the innermost method of the plugin, if it has one in the stack. */
    private static void count(Map<String, Double> to, RecordedEvent event, double weight) {
        String place = place(event);
        if (place != null) {
            to.merge(place, weight, Double::sum);
        }
    }

    @CheckForNull
    private static String place(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return null;
        }
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            RecordedMethod method = frame.getMethod();
            String name = method.getType().getName();
            if (name.startsWith(PLUGIN)) {
                return TESTS.stream().anyMatch(name::startsWith)
                        ? null
                        : name.substring(PLUGIN.length()) + "." + method.getName();
            }
        }
        return null;
    }

    static double sum(Map<String, Double> places) {
        return places.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** The hottest places. */
    static List<Map.Entry<String, Double>> top(Map<String, Double> places, int number) {
        return places.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                .limit(number)
                .toList();
    }
}

package io.jenkins.plugins.gitpod.scale;

import java.util.Map;
import java.util.StringJoiner;

/** What a recording of the life of some builds says, as rows of tables. */
final class RecordingTables {

    private static final int PLACES = 6;

    private final TargetTable table;
    private final RecordingReport report;
    private final int builds;

    RecordingTables(TargetTable table, RecordingReport report, int builds) {
        this.table = table;
        this.report = report;
        this.builds = builds;
    }

    void files() {
        StringJoiner own = new StringJoiner(", ");
        StringJoiner others = new StringJoiner(", ");
        double all = 0;
        for (Map.Entry<String, Integer> each : report.files.entrySet()) {
            String kind = each.getKey();
            boolean isOwn = kind.startsWith("plugin: ") || kind.endsWith("by the plugin");
            String name = kind.substring(kind.indexOf(' ') + 1).replace(", by the plugin", "");
            (isOwn ? own : others).add(name + " " + perBuild(each.getValue()));
            all += isOwn && !name.equals("console") ? each.getValue() : 0;
        }
        table.measure(
                "files written by the plugin for a build, over its life, without the console",
                perBuild(all) + ": " + own);
        table.measure("files written by Jenkins for it", others.toString());
        table.measure(
                "times that a file or a folder is forced to the disk for that, by the plugin, by Jenkins",
                perBuild(report.pluginForces) + ", " + perBuild(report.forces - report.pluginForces));
    }

    private String perBuild(double count) {
        return TargetTable.number(Math.round(10 * count / builds) / 10.0);
    }

    void hotPlaces() {
        table.head("resource", "place in the plugin", "share");
        places("CPU", report.cpu, report.allCpu, " samples");
        places("allocated", report.allocated, report.allAllocated, " bytes");
        places("waits for locks", report.locked, report.allLocked, " ms");
    }

    private void places(String what, Map<String, Double> places, double all, String unit) {
        double sum = RecordingReport.sum(places);
        table.row(
                what,
                "all",
                TargetTable.number(Math.rint(sum)) + unit + ", "
                        + TargetTable.number(Math.rint(1000 * sum / Math.max(1, all)) / 10) + " % of Jenkins");
        for (Map.Entry<String, Double> place : RecordingReport.top(places, PLACES)) {
            table.row(what, "`" + place.getKey() + "`", TargetTable.number(Math.rint(place.getValue())) + unit);
        }
    }
}

package io.jenkins.plugins.gitpod.benchmark;

import io.jenkins.plugins.gitpod.simulator.Records;
import java.util.Arrays;

/**
 * How many calls came to the simulator's port.
 *
 * @param creates that create a prebuild
 * @param reads of one prebuild, or of a page of a list
 * @param streams that open an event stream
 * @param refused of all these, how many were answered with "too many"
 */
record Calls(int creates, int reads, int streams, int refused) {

    static Calls of(Records records) {
        return new Calls(
                records.total("CreatePrebuild"),
                records.total("GetPrebuild") + records.total("ListPrebuilds"),
                records.total("WatchEvents"),
                records.refused());
    }

    static Calls of(String line) {
        int[] numbers =
                Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
        return new Calls(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /** One line, for the way to another process. */
    String toLine() {
        return creates + " " + reads + " " + streams + " " + refused;
    }

    /** Those made since then. */
    Calls since(Calls before) {
        return new Calls(
                creates - before.creates, reads - before.reads, streams - before.streams, refused - before.refused);
    }

    /** All but the creates. */
    int watching() {
        return reads + streams;
    }
}

package io.jenkins.plugins.gitpod.benchmark;

import io.jenkins.plugins.gitpod.simulator.Records;
import java.util.Arrays;

/**
 * How many calls came to the simulator's port.
 *
 * @param creates that create a prebuild
 * @param reads of one prebuild, of a page of a list, or of an environment
 * @param ends of the reads, how many asked for a single prebuild that had ended
 * @param streams that open an event stream
 * @param refused of all these, how many were answered with "too many"
 */
record Calls(int creates, int reads, int ends, int streams, int refused) {

    static Calls of(Records records, int ends) {
        return new Calls(
                records.total("CreatePrebuild"),
                records.total("GetPrebuild") + records.total("ListPrebuilds") + records.total("GetEnvironment"),
                ends,
                records.total("WatchEvents"),
                records.refused());
    }

    static Calls of(String line) {
        int[] numbers =
                Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
        return new Calls(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    /** One line, for the way to another process. */
    String toLine() {
        return creates + " " + reads + " " + ends + " " + streams + " " + refused;
    }

    /** Those made since then. */
    Calls since(Calls before) {
        return new Calls(
                creates - before.creates,
                reads - before.reads,
                ends - before.ends,
                streams - before.streams,
                refused - before.refused);
    }

    /** All but the creates. */
    int withoutCreates() {
        return reads + streams;
    }

    /** All but the creates and the reads that brought an end. A page of a list counts, whatever it brought. */
    int watching() {
        return withoutCreates() - ends;
    }
}

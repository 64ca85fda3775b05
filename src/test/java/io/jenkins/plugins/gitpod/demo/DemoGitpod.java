package io.jenkins.plugins.gitpod.demo;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.SimulatorMain;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The simulated Gitpod beside the demo's Jenkins: prints what it is asked, never by which token. */
public final class DemoGitpod {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final long PAUSE_MILLIS = 200;

    private DemoGitpod() {}

    /**
     * Runs until the process is ended.
     *
     * @param args see {@link SimulatorMain}
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        try (GitpodSimulator simulator = SimulatorMain.start(args)) {
            System.out.println("Simulated Gitpod at " + simulator.apiUrl());
            int seen = 0;
            while (true) {
                seen = print(simulator.records().calls(), seen, System.out);
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** Prints what is new and returns how many calls were seen. */
    static int print(@NonNull List<Call> calls, int seen, @NonNull PrintStream out) {
        for (Call call : calls.subList(seen, calls.size())) {
            out.println(TIME.format(call.at()) + " " + call.method() + " " + call.body());
        }
        return calls.size();
    }
}

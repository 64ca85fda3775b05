package io.jenkins.plugins.gitpod.benchmark;

import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.Records;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The simulated Gitpod in a process of its own, so that neither its threads nor its heap are measured. */
public final class BenchmarkGitpod {

    private BenchmarkGitpod() {}

    /**
     * Prints the URL, the tokens and the projects, then the numbers of calls for each line that comes in, until the input
     * ends.
     *
     * @param args a case
     * @throws Exception if the input breaks
     */
    public static void main(String[] args) throws Exception {
        Case of = Case.of(args[0]);
        try (GitpodSimulator gitpod =
                GitpodSimulator.builder().clock(Case.clock(args[0])).start()) {
            gitpod.records().countOnly();
            gitpod.maxCallsPerSecond(of.limit());
            if (!of.stream()) {
                gitpod.faults()
                        .add(FaultRule.on("WatchEvents", Fault.status(501, "unimplemented", "no streams"))
                                .forever());
            }
            System.out.println(gitpod.apiUrl());
            for (int i = 0; i < of.secrets(); i++) {
                System.out.println(gitpod.account("account " + i).token());
            }
            for (int i = 0; i < Case.PROJECTS; i++) {
                System.out.println(gitpod.addProject("project " + i).id());
            }
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null) {
                System.out.println(counts(gitpod.records()));
            }
        }
    }

    private static String counts(Records records) {
        return records.total("CreatePrebuild") + " " + records.total("GetPrebuild") + " "
                + records.total("ListPrebuilds") + " " + records.total("WatchEvents") + " " + records.refused();
    }
}

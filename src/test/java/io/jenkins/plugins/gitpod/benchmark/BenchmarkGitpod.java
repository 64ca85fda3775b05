package io.jenkins.plugins.gitpod.benchmark;

import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SlowNetwork;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The simulated Gitpod in a process of its own, so that neither its threads nor its heap are measured. */
public final class BenchmarkGitpod {

    /** From this line on, the limit and the network time of the case hold. */
    static final String BEGIN = "begin";

    static final String COUNTS = "counts";

    /** Prebuilds of the warm-up are short. */
    private static final Duration WARM_UP_LIFE = Duration.ofSeconds(30);

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private BenchmarkGitpod() {}

    /**
     * Prints the URL, the token and the project of the warm-up, the tokens and the projects, then the numbers of calls for
     * each line that comes in, until the input ends.
     *
     * @param args a case
     * @throws Exception if the input breaks
     */
    public static void main(String[] args) throws Exception {
        Case of = Case.of(args[0]);
        FastClock clock = Case.clock(args[0]);
        try (GitpodSimulator gitpod = GitpodSimulator.builder().clock(clock).start()) {
            gitpod.records().countOnly();
            AtomicInteger ends = countEnds(gitpod);
            if (!of.stream()) {
                gitpod.faults()
                        .add(FaultRule.on("WatchEvents", Fault.status(501, "unimplemented", "no streams"))
                                .forever());
            }
            System.out.println(gitpod.apiUrl());
            System.out.println(gitpod.account("warm-up").token());
            System.out.println(gitpod.addProject("warm-up")
                    .plan(PhasePlan.quick(WARM_UP_LIFE))
                    .id());
            for (int i = 0; i < of.secrets(); i++) {
                System.out.println(gitpod.account("account " + i).token());
            }
            for (int i = 0; i < Case.PROJECTS; i++) {
                System.out.println(gitpod.addProject("project " + i).id());
            }
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals(BEGIN)) {
                    begin(gitpod, of, clock);
                }
                System.out.println(Calls.of(gitpod.records(), ends.get()).toLine());
            }
        }
    }

    /** Counts the reads of single prebuilds that have ended, as they come in. */
    static AtomicInteger countEnds(GitpodSimulator gitpod) {
        AtomicInteger ends = new AtomicInteger();
        FaultRule none = FaultRule.on("GetPrebuild", Fault.closeBeforeActing()).when(call -> {
            Matcher id = UUID.matcher(call.body());
            if (id.find() && !gitpod.prebuild(id.group()).isActive()) {
                ends.incrementAndGet();
            }
            return false; // nothing goes wrong
        });
        gitpod.faults().add(none);
        return ends;
    }

    private static void begin(GitpodSimulator gitpod, Case of, FastClock clock) {
        gitpod.maxCallsPerSecond(of.limit());
        if (of.networkMillis() > 0) {
            Fault network = new SlowNetwork(clock.real(Duration.ofMillis(of.networkMillis())));
            gitpod.faults().add(FaultRule.onAny(network).forever());
        }
    }
}

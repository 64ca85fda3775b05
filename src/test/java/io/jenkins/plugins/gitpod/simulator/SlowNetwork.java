package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/** All is done and answered well, but the request and the answer need time for their ways. */
public final class SlowNetwork extends Fault {

    /**
     * A network that is far.
     *
     * @param roundTrip the real time that both ways take together
     */
    public SlowNetwork(@NonNull Duration roundTrip) {
        super("slow network", false, exchange -> {
            long oneWay = roundTrip.dividedBy(2).toNanos();
            exchange.pause(oneWay);
            Answer answer = exchange.act();
            exchange.pause(oneWay);
            exchange.send(answer);
        });
    }
}

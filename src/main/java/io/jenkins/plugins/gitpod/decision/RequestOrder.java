package io.jenkins.plugins.gitpod.decision;

import java.util.concurrent.atomic.AtomicLong;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The order in which builds made requests and prebuilds were requested, since Jenkins started. A prebuild that was requested
 * after a build made its request contains the commit of that build, because Gitpod builds the newest commit of the branch.
 * No clock tells this order, because clocks are set back.
 */
@Restricted(NoExternalUse.class)
public final class RequestOrder {

    private static final AtomicLong LAST = new AtomicLong();

    private RequestOrder() {}

    /** A number that is greater than all before. */
    public static long next() {
        return LAST.incrementAndGet();
    }
}

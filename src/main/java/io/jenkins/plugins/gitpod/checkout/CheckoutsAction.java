package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The checkouts of a build so far. Saved in {@code build.xml}: fields may be added but not renamed. */
@Restricted(NoExternalUse.class)
public final class CheckoutsAction extends InvisibleAction {

    /** Further checkouts of a build are not recorded. */
    private static final int MAX_CHECKOUTS = 20;

    /** Replaced and never changed, because the build may be saved at any time. */
    private volatile List<Checkout> checkouts = new ArrayList<>();

    /** The checkouts for which the job property requested a prebuild. After a restart the commit history knows them. */
    private transient List<Checkout> requested;

    private Object readResolve() {
        if (checkouts == null) {
            checkouts = new ArrayList<>();
        }
        return this;
    }

    /** Adds a checkout, which the next save of the build saves. */
    public static void add(@NonNull Run<?, ?> run, @NonNull Checkout checkout) {
        CheckoutsAction action;
        synchronized (run) {
            action = run.getAction(CheckoutsAction.class);
            if (action == null) {
                action = new CheckoutsAction();
                run.addAction(action);
            }
        }
        synchronized (action) {
            action.checkouts = with(action.checkouts, checkout);
        }
    }

    /**
     * Whether the job property should request a prebuild, for a build may check out the same commit several times. True only
     * for the first call with equal checkouts.
     *
     * @param checkout one that was added
     */
    public static boolean isFirstRequest(@NonNull Run<?, ?> run, @NonNull Checkout checkout) {
        CheckoutsAction action = run.getAction(CheckoutsAction.class);
        if (action == null) {
            return false;
        }
        synchronized (action) {
            List<Checkout> before = action.requested == null ? List.of() : action.requested;
            action.requested = with(before, checkout);
            return action.requested.size() > before.size();
        }
    }

    private static List<Checkout> with(List<Checkout> before, Checkout checkout) {
        if (before.size() >= MAX_CHECKOUTS || before.stream().anyMatch(checkout::isSameAs)) {
            return before;
        }
        List<Checkout> all = new ArrayList<>(before);
        all.add(checkout);
        return all;
    }

    /** The checkouts of a build, those of the job's own source first. */
    @NonNull
    public static List<Checkout> of(@NonNull Run<?, ?> run) {
        CheckoutsAction action = run.getAction(CheckoutsAction.class);
        if (action == null) {
            return List.of();
        }
        List<Checkout> all = action.checkouts;
        List<Checkout> sorted = new ArrayList<>();
        all.stream().filter(Checkout::isOwn).forEach(sorted::add);
        all.stream().filter(each -> !each.isOwn()).forEach(sorted::add);
        return sorted;
    }
}

package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What a build has checked out so far. Saved in {@code build.xml}: fields may be added but not renamed. */
@Restricted(NoExternalUse.class)
public final class CheckoutsAction extends InvisibleAction {

    /** A build that checks out more than this gains nothing by more notes. */
    private static final int MOST = 20;

    /** Replaced and never changed, for the build may be saved at any time. */
    private volatile List<Checkout> all = new ArrayList<>();

    /** For which of them a prebuild was asked for by itself; after a restart the commit history knows. */
    private transient List<Checkout> asked;

    /** Notes a checkout; it is saved with the build's next save. */
    public static void note(@NonNull Run<?, ?> run, @NonNull Checkout checkout) {
        CheckoutsAction notes;
        synchronized (run) {
            notes = run.getAction(CheckoutsAction.class);
            if (notes == null) {
                notes = new CheckoutsAction();
                run.addAction(notes);
            }
        }
        synchronized (notes) {
            notes.all = with(notes.all, checkout);
        }
    }

    /**
     * Whether a prebuild is to be asked for by itself: a build may check out the same many times.
     *
     * @param checkout that was noted
     */
    public static boolean isFirstAsked(@NonNull Run<?, ?> run, @NonNull Checkout checkout) {
        CheckoutsAction notes = run.getAction(CheckoutsAction.class);
        if (notes == null) {
            return false;
        }
        synchronized (notes) {
            List<Checkout> before = notes.asked == null ? List.of() : notes.asked;
            notes.asked = with(before, checkout);
            return notes.asked.size() > before.size();
        }
    }

    private static List<Checkout> with(List<Checkout> before, Checkout checkout) {
        if (before.size() >= MOST || before.stream().anyMatch(checkout::isSameAs)) {
            return before;
        }
        List<Checkout> all = new ArrayList<>(before);
        all.add(checkout);
        return all;
    }

    /** What the build has checked out, of the job's own source first. */
    @NonNull
    public static List<Checkout> of(@NonNull Run<?, ?> run) {
        CheckoutsAction notes = run.getAction(CheckoutsAction.class);
        if (notes == null) {
            return List.of();
        }
        List<Checkout> all = notes.all;
        List<Checkout> sorted = new ArrayList<>();
        all.stream().filter(Checkout::isOwn).forEach(sorted::add);
        all.stream().filter(each -> !each.isOwn()).forEach(sorted::add);
        return sorted;
    }
}

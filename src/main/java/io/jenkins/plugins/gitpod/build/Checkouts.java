package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What a build has checked out so far. Saved in {@code build.xml}: fields may be added but not renamed. */
@Restricted(NoExternalUse.class)
public final class Checkouts extends InvisibleAction {

    /** A build that checks out more than this gains nothing by more notes. */
    private static final int MOST = 20;

    private final List<Checkout> all = new ArrayList<>();

    /**
     * Notes a checkout; it is saved with the build's next save.
     *
     * @return false if the build has noted the same before
     */
    public static boolean note(@NonNull Run<?, ?> run, @NonNull Checkout checkout) {
        Checkouts notes;
        synchronized (run) {
            notes = run.getAction(Checkouts.class);
            if (notes == null) {
                notes = new Checkouts();
                run.addAction(notes);
            }
        }
        synchronized (notes) {
            if (notes.all.size() >= MOST || notes.all.stream().anyMatch(checkout::isSameAs)) {
                return false;
            }
            notes.all.add(checkout);
            return true;
        }
    }

    /** What the build has checked out, of the job's own source first. */
    @NonNull
    static List<Checkout> of(@NonNull Run<?, ?> run) {
        Checkouts notes = run.getAction(Checkouts.class);
        if (notes == null) {
            return List.of();
        }
        List<Checkout> sorted = new ArrayList<>();
        synchronized (notes) {
            notes.all.stream().filter(Checkout::isOwn).forEach(sorted::add);
            notes.all.stream().filter(each -> !each.isOwn()).forEach(sorted::add);
        }
        return sorted;
    }
}

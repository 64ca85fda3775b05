package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.RunAction2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The prebuilds that a build requested, for the build's page, the remote API and a step that resumes. Saved in
 * {@code build.xml}: fields may be added but not renamed.
 */
@ExportedBean(defaultVisibility = 2) // shown with a build
public final class PrebuildAction implements RunAction2 {

    private List<PrebuildRecord> records = new ArrayList<>();

    @CheckForNull
    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return Messages.PrebuildAction_displayName();
    }

    @CheckForNull
    @Override
    public String getUrlName() {
        return null;
    }

    @Override
    public void onAttached(Run<?, ?> run) {
        // The records do not depend on the build.
    }

    @Override
    public void onLoad(Run<?, ?> run) {
        synchronized (this) {
            if (records == null) {
                records = new ArrayList<>();
            }
        }
    }

    /** The records of all requests of the build, the oldest first. */
    @Exported
    @NonNull
    public synchronized List<PrebuildRecord> getRecords() {
        return List.copyOf(records);
    }

    @CheckForNull
    private synchronized PrebuildRecord find(@NonNull String requestId) {
        for (PrebuildRecord each : records) {
            if (each.getRequestId().equals(requestId)) {
                return each;
            }
        }
        return null;
    }

    private synchronized PrebuildRecord put(PrebuildRecord record) {
        List<PrebuildRecord> next = new ArrayList<>(records);
        for (int i = 0; i < next.size(); i++) {
            if (next.get(i).getRequestId().equals(record.getRequestId())) {
                PrebuildRecord merged = record.after(next.get(i));
                next.set(i, merged);
                records = next;
                return merged;
            }
        }
        next.add(record);
        records = next;
        return record;
    }

    /**
     * Adds or replaces the record of a request. The caller saves the build.
     *
     * @return the record with what an earlier record of the request had in addition
     */
    @NonNull
    public static PrebuildRecord put(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        PrebuildAction action;
        synchronized (run) {
            action = run.getAction(PrebuildAction.class);
            if (action == null) {
                action = new PrebuildAction();
                run.addAction(action);
            }
        }
        return action.put(record);
    }

    @CheckForNull
    public static PrebuildRecord find(@NonNull Run<?, ?> run, @NonNull String requestId) {
        PrebuildAction action = run.getAction(PrebuildAction.class);
        return action == null ? null : action.find(requestId);
    }
}

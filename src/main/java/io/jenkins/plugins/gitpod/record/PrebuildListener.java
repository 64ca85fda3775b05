package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import hudson.model.Run;

/**
 * Extension point for plugins that want to know what happens to the Gitpod prebuilds of builds, for example to notify people.
 *
 * <p>The methods are called for each prebuild that a build requests, by a step, a build step, or the job property, and also
 * after that build has ended, because a prebuild may take longer than its build. They are not called for a request of the job
 * property that needs no prebuild.
 *
 * <p>A method may take its time: it runs as {@link hudson.security.ACL#SYSTEM2} on a thread for this listener alone, one call
 * at a time, in the order of the events. It holds up neither the build nor another listener. What it throws is logged. If more
 * than 1,000 events wait for a listener, further ones are dropped. Events that wait when Jenkins stops are lost; the record
 * with the build, {@link PrebuildAction#getRecords()}, is not.
 *
 * <pre>{@code
 * @Extension
 * public class FailedPrebuilds extends PrebuildListener {
 *     @Override
 *     public void onEnded(Run<?, ?> run, PrebuildRecord record) {
 *         if (record.getConclusion() == EndStatus.FAILED) {
 *             Chat.send("The Gitpod prebuild of " + run.getFullDisplayName() + " failed: " + record.getMessage());
 *         }
 *     }
 * }
 * }</pre>
 */
public abstract class PrebuildListener implements ExtensionPoint {

    /**
     * Called when the prebuild of a request is known: it was created, or the request waits for one that was running already.
     *
     * @param run the build that requested it
     * @param record with a {@linkplain PrebuildRecord#getResult() result}
     */
    public void onCreated(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        // Does nothing by default.
    }

    /**
     * Called when the prebuild was seen in another {@linkplain PrebuildResult#getPhase() phase}, but not for its end. Short
     * phases may be missing, and after a restart those of a prebuild that no build waits for. Called after {@link #onEnded} only if the request ended before the prebuild: it was left running,
     * or its cancellation was confirmed later.
     *
     * @param run the build that requested it
     * @param record with a {@linkplain PrebuildRecord#getResult() result}
     */
    public void onPhaseChanged(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        // Does nothing by default.
    }

    /**
     * Called once when a request has ended, also if no prebuild was created for it.
     *
     * @param run the build that requested it
     * @param record with a {@linkplain PrebuildRecord#getConclusion() conclusion} and a
     *     {@linkplain PrebuildRecord#getMessage() message}
     */
    public void onEnded(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        // Does nothing by default.
    }
}

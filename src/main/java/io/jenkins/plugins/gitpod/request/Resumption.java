package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import java.util.UUID;

/** How a build comes back to one request after a restart. */
final class Resumption {

    private Resumption() {}

    /**
     * Resumes waiting for a request. Attaches the listener if the request is open, or tells it the end from the build's record.
     * May read a small file. Saves the build if it lost what it knew about the prebuild.
     *
     * @param now null while Jenkins is starting or stopping
     */
    @NonNull
    static PrebuildService.Resumed resume(
            @Nullable RunningService now,
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @NonNull RequestListener listener) {
        RequestRecorder recorder = now == null ? null : now.registry().recorder(requestId);
        if (recorder != null) {
            PrebuildRecord saved = PrebuildAction.find(run, requestId.toString());
            if (saved != null) {
                recorder.remember(saved);
            }
            PrebuildResult known = now.registry().known(recorder);
            if (known != null) {
                listener.line(recorder.messages().resumed(known.getId()));
            }
            recorder.attach(listener);
            if (known != null) {
                if (saved == null) {
                    recorder.restore(known);
                }
                listener.created(known);
            }
            return PrebuildService.Resumed.CONTINUES;
        }
        PrebuildRecord record = PrebuildAction.find(run, requestId.toString());
        if (record != null && record.getConclusion() != null) {
            listener.concluded(record);
            return PrebuildService.Resumed.CONTINUES;
        }
        boolean lost = record != null || (now != null && now.ledger().hasLost(requestId));
        return lost ? PrebuildService.Resumed.LOST : PrebuildService.Resumed.NEVER_SENT;
    }

    /** The message about a request whose ledger entry is missing or damaged. It names the prebuild if it is known. */
    @NonNull
    static String lostEntry(@NonNull UUID requestId, @NonNull Run<?, ?> run) {
        PrebuildRecord record = PrebuildAction.find(run, requestId.toString());
        PrebuildResult result = record == null ? null : record.getResult();
        return result == null
                ? Messages.PrebuildService_lostEntry(requestId)
                : Messages.PrebuildService_lostEntryOf(result.getId(), result.getUrl());
    }
}

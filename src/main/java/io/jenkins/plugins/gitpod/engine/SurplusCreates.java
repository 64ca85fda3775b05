package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Hands over what a request does not use, to requests of their own that cancel it: prebuilds, and creates that may have made
 * one. Belongs to a {@link PrebuildMachine}.
 */
final class SurplusCreates {

    private final RequestState state;

    SurplusCreates(RequestState state) {
        this.state = state;
    }

    /** After a restart: a crash may have come before these creates were handed over. */
    void handOverRest() {
        handOver(state.attempts.drainOthers(0), state.request);
    }

    /** The answer to a create was lost that is no longer waited for. Does nothing if it was handed over before. */
    void handOverLast() {
        handOver(state.attempts.last(), state.request);
    }

    /** Requests of their own look for what these creates may have made, and cancel it. */
    private void handOver(List<CreateAttempt> others, PrebuildRequest to) {
        if (!state.request.connection().sharedAccount()) {
            others.forEach(other -> state.actions.handOver(other, to));
        }
    }

    /** This one is not used, unless it is the one that is known. */
    void cancel(Prebuild prebuild) {
        if (!prebuild.id().equals(state.prebuildId)) {
            state.actions.cancelSurplus(prebuild, surplusRequest(prebuild));
        }
    }

    /** The creates with these numbers made these prebuilds, and none of them is used. */
    void cancel(Map<Integer, Prebuild> made) {
        made.forEach((number, prebuild) -> {
            if (!prebuild.id().equals(state.prebuildId)) {
                state.attempts.forget(number);
                cancel(prebuild);
            }
        });
    }

    /**
     * Saves that a prebuild is used, and hands over the creates that did not make it.
     *
     * @param number the number of the create that made it
     */
    void handOverAllBut(int number, Prebuild used) {
        List<CreateAttempt> others = state.attempts.othersThan(number);
        if (others.isEmpty()) {
            state.attempts.drainOthers(number);
            state.saveOrWarn();
        } else {
            // The prebuild is saved first, so that after a crash it is known which creates have to be handed over.
            state.attempts.forget(number);
            state.saveOrWarn();
            handOver(state.attempts.drainOthers(number), surplusRequest(used));
            state.saveOrWarn();
        }
    }

    /** A request for what is not wanted of this one: it matches in all that Gitpod tells about the known prebuild. */
    private PrebuildRequest surplusRequest(Prebuild known) {
        PrebuildRequest request = state.request;
        String classId = request.environmentClassId();
        Duration timeout = request.timeout();
        return new PrebuildRequest(
                request.requestId(),
                request.connection(),
                request.projectId(),
                classId != null ? classId : known.metadata().environmentClassId(),
                timeout != null ? timeout : known.spec().timeout(),
                false,
                true);
    }
}

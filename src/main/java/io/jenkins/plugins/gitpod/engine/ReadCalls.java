package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildFilter;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The calls of a {@link Watcher}: whatever goes wrong is a {@link GitpodException}. */
final class ReadCalls {

    /** Whether a failed call concerns the calls that follow. */
    enum Scope {
        /** The server, the network or the token: no other call would do better now. */
        ALL,
        /** Only what was asked for. */
        THIS;

        static Scope of(GitpodException e) {
            return switch (RetryPolicy.read(e)) {
                case NOT_FOUND, FINAL -> THIS;
                case UNEXPECTED -> {
                    boolean isInvalidAnswer = e.kind() == Kind.UNREADABLE || e.kind() == Kind.TOO_LARGE;
                    yield isInvalidAnswer && !e.sentHtml() ? THIS : ALL;
                }
                default -> ALL;
            };
        }
    }

    private static final Set<PrebuildPhase> ACTIVE = EnumSet.of(
            PrebuildPhase.PENDING,
            PrebuildPhase.STARTING,
            PrebuildPhase.RUNNING,
            PrebuildPhase.STOPPING,
            PrebuildPhase.SNAPSHOTTING,
            PrebuildPhase.CANCELLING);

    private static final Set<PrebuildPhase> ENDED =
            EnumSet.of(PrebuildPhase.COMPLETED, PrebuildPhase.FAILED, PrebuildPhase.CANCELLED);

    private final GitpodClient client;

    ReadCalls(GitpodClient client) {
        this.client = client;
    }

    Prebuild get(String prebuildId) throws GitpodException {
        Prebuild prebuild;
        try {
            prebuild = client.getPrebuild(prebuildId);
        } catch (RuntimeException | Error e) {
            throw UnexpectedFailures.failedCall("GetPrebuild", e);
        }
        if (!prebuild.id().equals(prebuildId)) {
            throw GitpodException.of(Kind.UNREADABLE, Delivery.UNCLEAR, "GetPrebuild")
                    .detail("the answer is about another prebuild")
                    .build();
        }
        return prebuild;
    }

    /**
     * A page of the active prebuilds of some projects.
     *
     * @param start where the page begins, as the page before said; null for the first one
     */
    PrebuildPage listActive(List<String> projects, @CheckForNull String start) throws GitpodException {
        return list(projects, ACTIVE, start);
    }

    /** The same of the prebuilds that have ended, those of the last week. */
    PrebuildPage listEnded(List<String> projects, @CheckForNull String start) throws GitpodException {
        return list(projects, ENDED, start);
    }

    /**
     * Whether all is there that the end of a wait needs. Gitpod's lists of other objects leave parts out, which a call for the
     * object alone tells.
     */
    static boolean isWhole(Prebuild listed) {
        Prebuild.Status status = listed.status();
        return switch (status.phase()) {
            case COMPLETED -> status.snapshotSizeBytes() > 0 || status.warningMessage() != null;
            case FAILED -> status.failureMessage() != null;
            default -> true;
        };
    }

    private PrebuildPage list(List<String> projects, Set<PrebuildPhase> phases, @CheckForNull String start)
            throws GitpodException {
        PrebuildFilter filter = PrebuildFilter.none().withProjectIds(projects).withPhases(phases);
        try {
            return client.listPrebuilds(filter, ProjectLists.PAGE_SIZE, start);
        } catch (RuntimeException | Error e) {
            throw UnexpectedFailures.failedCall("ListPrebuilds", e);
        }
    }
}

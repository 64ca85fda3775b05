package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.engine.Update;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes texts from the events and outcomes of one request. The class does not use Jenkins, so that the demo
 * without Jenkins prints the same lines.
 */
public final class PrebuildMessages {

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");
    private static final int LONGEST = 4000;
    private static final int SHORT_HASH = 7;

    private final PrebuildRequest request;

    public PrebuildMessages(@NonNull PrebuildRequest request) {
        this.request = request;
    }

    /** The page of the project, which lists its prebuilds. */
    @NonNull
    public String url() {
        return request.connection().endpoint().projectPage(request.projectId()).toString();
    }

    /** The line for the console, or null if the update gets none. */
    @CheckForNull
    public String line(@NonNull Update update) {
        if (update instanceof Update.Created created) {
            return Messages.PrebuildMessages_created(created.prebuild().id(), request.projectId(), url());
        } else if (update instanceof Update.PhaseChanged changed) {
            return phaseLine(changed.prebuild());
        } else if (update instanceof Update.BuiltFrom built) {
            return builtFrom(built.git());
        } else if (update instanceof Update.UnknownPhase unknown) {
            return Messages.PrebuildMessages_unknownPhase(unknown.prebuildId(), unknown.phase());
        } else if (update instanceof Update.RateLimited limited) {
            return Messages.PrebuildMessages_rateLimited(span(limited.retryAfter()));
        } else if (update instanceof Update.Retrying retrying) {
            return retrying(retrying);
        } else if (update instanceof Update.Recovered) {
            return Messages.PrebuildMessages_recovered();
        } else if (update instanceof Update.LookingUp) {
            return Messages.PrebuildMessages_lookingUp();
        } else if (update instanceof Update.SendingAgain again) {
            return again.found().isEmpty()
                    ? Messages.PrebuildMessages_sendingAgain(again.again(), again.maximum())
                    : Messages.PrebuildMessages_sendingAgainUnsure(again.again(), again.maximum(), list(again.found()));
        } else if (update instanceof Update.SurplusCancelled surplus) {
            return Messages.PrebuildMessages_surplusCancelled(surplus.prebuildId());
        } else if (update instanceof Update.SurplusUnsure unsure) {
            return Messages.PrebuildMessages_mayBeSurplus(list(unsure.found()), url());
        } else if (update instanceof Update.TokenRotated) {
            return Messages.PrebuildMessages_tokenRotated();
        } else if (update instanceof Update.Cancelling cancelling) {
            return Messages.PrebuildMessages_cancelling(cancelling.prebuildId());
        } else if (update instanceof Update.WaitsForWarmPool waits) {
            return Messages.PrebuildMessages_waitsForWarmPool(span(waits.limit()));
        } else if (update instanceof Update.WarmPoolEnded pool) {
            return warmPool(pool);
        }
        return null;
    }

    private String warmPool(Update.WarmPoolEnded pool) {
        return switch (pool.end()) {
            case READY -> Messages.PrebuildMessages_warmPool_READY();
            case NONE -> Messages.PrebuildMessages_warmPool_NONE();
            case NOT_READY -> Messages.PrebuildMessages_warmPool_NOT_READY();
            case UNKNOWN ->
                pool.failure() == null
                        ? Messages.PrebuildMessages_warmPool_UNKNOWN()
                        : Messages.PrebuildMessages_warmPool_notReadable(shortly(pool.failure()));
        };
    }

    /** The answer itself if there is one: the usual advice is about creating prebuilds. */
    private String shortly(GitpodException e) {
        return e.kind() == GitpodException.Kind.API_ERROR
                ? Messages.CallFailures_answer(e.code().wireName(), plain(e.detail()))
                : explain(e);
    }

    private String retrying(Update.Retrying retrying) {
        String why = explain(retrying.failure());
        return switch (retrying.operation()) {
            case CREATE -> Messages.PrebuildMessages_retrying_CREATE(why);
            case LOOK_UP -> Messages.PrebuildMessages_retrying_LOOK_UP(why);
            case WATCH -> Messages.PrebuildMessages_retrying_WATCH(why);
            case CANCEL -> Messages.PrebuildMessages_retrying_CANCEL(why);
        };
    }

    /** The line of a build that continues to wait after a restart. */
    @NonNull
    public String resumed(@NonNull String prebuildId) {
        return Messages.PrebuildMessages_resumed(prebuildId);
    }

    /** The line about the commit that the prebuild is built from. */
    @NonNull
    public String builtFrom(@NonNull EnvironmentGit git) {
        return Messages.PrebuildMessages_phase(commitOf(git));
    }

    /** The line about a commit that is older than the build's own commit. */
    @NonNull
    public String builtFromOlder(@NonNull EnvironmentGit git, @Nullable String own) {
        return Messages.PrebuildMessages_phase(Messages.PrebuildMessages_builtFromOlder(commitOf(git), shortened(own)));
    }

    /** The line about a commit that is not the build's own commit, if it is not known which one is newer. */
    @NonNull
    public String builtFromOther(@NonNull EnvironmentGit git, @Nullable String own) {
        return Messages.PrebuildMessages_phase(Messages.PrebuildMessages_builtFromOther(commitOf(git), shortened(own)));
    }

    /** A short text of the commit and the branch that a prebuild is built from. */
    @NonNull
    static String commitOf(@NonNull EnvironmentGit git) {
        String commit = shortened(git.commit());
        return git.branch() == null
                ? Messages.PrebuildMessages_builtFromCommit(commit)
                : Messages.PrebuildMessages_builtFrom(commit, plain(git.branch()));
    }

    private static String shortened(@Nullable String commit) {
        String known = Objects.toString(commit, "");
        return known.substring(0, Math.min(known.length(), SHORT_HASH));
    }

    @CheckForNull
    private static String phaseLine(Prebuild prebuild) {
        PrebuildPhase phase = prebuild.status().phase();
        // The outcome reports the end, and the creation reports the beginning.
        if (phase.isEnd() || phase == PrebuildPhase.PENDING) {
            return null;
        }
        return Messages.PrebuildMessages_phase(phase.name());
    }

    /**
     * The message about the end of a request, in one or two sentences: what happened, to which prebuild, and what to do.
     *
     * @param took the time from the request to the end, which is part of the message about a completed prebuild
     */
    @NonNull
    public String outcome(@NonNull Outcome outcome, @NonNull Duration took) {
        if (outcome instanceof Outcome.Ended ended) {
            return ended(ended, took);
        } else if (outcome instanceof Outcome.Gone gone) {
            return Messages.PrebuildMessages_gone(gone.prebuildId(), request.projectId());
        } else if (outcome instanceof Outcome.NotCreated) {
            return Messages.PrebuildMessages_notCreated();
        } else if (outcome instanceof Outcome.CancelAccepted accepted) {
            return Messages.PrebuildMessages_cancelAccepted(accepted.prebuildId(), url());
        } else if (outcome instanceof Outcome.LeftRunning left) {
            return left.prebuildId() == null
                    ? Messages.PrebuildMessages_leftUnknown(request.projectId(), url())
                    : Messages.PrebuildMessages_leftRunning(left.prebuildId(), url());
        } else if (outcome instanceof Outcome.CreateRefused refused) {
            return Messages.PrebuildMessages_refused(request.projectId(), explain(refused.failure()));
        } else if (outcome instanceof Outcome.NotSent notSent) {
            return Messages.PrebuildMessages_notSent(
                    request.projectId(), span(notSent.tried()), explain(notSent.failure()));
        } else if (outcome instanceof Outcome.CreateUnclear unclear) {
            return unclear(unclear);
        } else if (outcome instanceof Outcome.NoToken noToken) {
            return noToken(noToken);
        } else if (outcome instanceof Outcome.WatchLost lost) {
            return Messages.PrebuildMessages_watchLost(
                            lost.prebuildId(), lost.phase().name(), span(lost.tried()), explain(lost.failure()), url())
                    + cancelNote(lost.cancelled());
        } else if (outcome instanceof Outcome.OverLimit over) {
            return overLimit(over) + cancelNote(over.cancelled());
        } else if (outcome instanceof Outcome.NotSaved notSaved) {
            return Messages.PrebuildMessages_notSaved(
                    Objects.toString(notSaved.failure().getMessage(), ""));
        }
        throw new IllegalArgumentException(outcome.toString());
    }

    private String overLimit(Outcome.OverLimit over) {
        return over.limit() == CancelReason.SNAPSHOT_STALLED
                ? Messages.PrebuildMessages_snapshotStalled(over.prebuildId(), span(over.allowed()), url())
                : Messages.PrebuildMessages_overTime(over.prebuildId(), span(over.allowed()), url());
    }

    private static String cancelNote(boolean cancelled) {
        return " " + (cancelled ? Messages.PrebuildMessages_isCancelled() : Messages.PrebuildMessages_isNotCancelled());
    }

    private String ended(Outcome.Ended ended, Duration took) {
        Prebuild prebuild = ended.prebuild();
        String id = prebuild.id();
        switch (prebuild.status().phase()) {
            case COMPLETED -> {
                String done = Messages.PrebuildMessages_completed(
                        id, span(took), size(prebuild.status().snapshotSizeBytes()));
                String warning = prebuild.status().warningMessage();
                return warning == null ? done : done + " " + Messages.PrebuildMessages_warning(plain(warning));
            }
            case FAILED -> {
                String why = prebuild.status().failureMessage();
                return Messages.PrebuildMessages_failed(
                        id, why == null ? Messages.PrebuildMessages_noReason() : plain(why), url());
            }
            case CANCELLED -> {
                return ended.cancelReason() == null
                        ? Messages.PrebuildMessages_cancelledElsewhere(id, url())
                        : Messages.PrebuildMessages_cancelled(id);
            }
            default -> {
                return Messages.PrebuildMessages_deleted(id, request.projectId());
            }
        }
    }

    /** A text of Gitpod's on one line, so that it cannot be taken for a line of the build. */
    private static String plain(String said) {
        String line = UNPRINTABLE.matcher(said).replaceAll(" ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private String unclear(Outcome.CreateUnclear unclear) {
        String why =
                unclear.failure() == null ? Messages.PrebuildMessages_unclearRestart() : explain(unclear.failure());
        String lost = Messages.PrebuildMessages_unclear(request.projectId(), why);
        if (unclear.sent() > 1) {
            lost += " " + Messages.PrebuildMessages_unclearTries(unclear.sent());
        }
        if (unclear.lookUpFailure() != null) {
            return lost + " " + Messages.PrebuildMessages_unclearLookUpFailed(explain(unclear.lookUpFailure()), url());
        }
        if (unclear.found().isEmpty()) {
            return lost + " "
                    + (unclear.sent() > 1
                            ? Messages.PrebuildMessages_unclearNever(url())
                            : Messages.PrebuildMessages_unclearNothing(url()));
        }
        String found = list(unclear.found());
        return lost + " "
                + (unclear.sharedAccount()
                        ? Messages.PrebuildMessages_unclearShared(found, url())
                        : Messages.PrebuildMessages_unclearSeveral(found, url()));
    }

    private static String list(List<Prebuild> found) {
        return found.stream()
                .map(prebuild -> prebuild.id() + " (" + prebuild.status().phase() + ", "
                        + prebuild.metadata().createdAt() + ")")
                .collect(Collectors.joining(", "));
    }

    private String noToken(Outcome.NoToken noToken) {
        String why = explain(noToken.failure());
        return noToken.prebuildId() == null
                ? Messages.PrebuildMessages_noToken(request.projectId(), why)
                : Messages.PrebuildMessages_noTokenLater(noToken.prebuildId(), why, url());
    }

    /** Why there is no token and what to do about it. */
    @NonNull
    public static String explain(@NonNull TokenUnavailableException e) {
        return switch (e.problem()) {
            case NO_ANSWER -> Messages.PrebuildMessages_credentialsNoAnswer();
            case LOOKUP_FAILED -> Messages.PrebuildMessages_credentialsFailed(e.getMessage());
            default -> e.getMessage();
        };
    }

    /** What a failed call means and what to do about it. */
    @NonNull
    private String explain(@NonNull GitpodException e) {
        return explain(e, request.connection());
    }

    /** The same for a call that belongs to no request. */
    @NonNull
    private static String explain(@NonNull GitpodException e, @NonNull Connection connection) {
        return CallFailures.explain(e, connection);
    }

    private static String span(Duration duration) {
        long seconds = Math.max(0, duration.plusMillis(500).toSeconds());
        if (seconds < 120) {
            return Messages.PrebuildMessages_seconds(seconds);
        }
        return Messages.PrebuildMessages_minutes(seconds / 60, seconds % 60);
    }

    private static String size(long bytes) {
        return bytes == 0
                ? Messages.PrebuildMessages_noSize()
                : String.format(Locale.ROOT, "%.1f GB", bytes / (1024.0 * 1024.0 * 1024.0));
    }
}

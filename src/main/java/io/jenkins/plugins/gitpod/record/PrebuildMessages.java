package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
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
import java.text.MessageFormat;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes texts from the events and outcomes of one request. The texts are in {@code Messages.properties}. The class does not
 * use Jenkins, so that the demo without Jenkins prints the same lines.
 */
public final class PrebuildMessages {

    private static final ResourceBundle TEXTS =
            ResourceBundle.getBundle("io.jenkins.plugins.gitpod.Messages", Locale.ROOT);

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");
    private static final int LONGEST = 4000;
    private static final int SHORT_HASH = 7;

    private final PrebuildRequest request;

    public PrebuildMessages(@NonNull PrebuildRequest request) {
        this.request = request;
    }

    private static String text(String key, Object... args) {
        return new MessageFormat(TEXTS.getString("PrebuildMessages." + key), Locale.ROOT).format(args);
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
            return text("created", created.prebuild().id(), request.projectId(), url());
        } else if (update instanceof Update.Resumed resumed) {
            return resumed(resumed.prebuildId());
        } else if (update instanceof Update.PhaseChanged changed) {
            return phaseLine(changed.prebuild());
        } else if (update instanceof Update.BuiltFrom built) {
            return builtFrom(built.git());
        } else if (update instanceof Update.UnknownPhase unknown) {
            return text("unknownPhase", unknown.prebuildId(), unknown.phase());
        } else if (update instanceof Update.RateLimited limited) {
            return text("rateLimited", span(limited.retryAfter()));
        } else if (update instanceof Update.Retrying retrying) {
            return text("retrying." + retrying.operation(), explain(retrying.failure()));
        } else if (update instanceof Update.Recovered) {
            return text("recovered");
        } else if (update instanceof Update.LookingUp) {
            return text("lookingUp");
        } else if (update instanceof Update.SendingAgain again) {
            return again.found().isEmpty()
                    ? text("sendingAgain", again.again(), again.maximum())
                    : text("sendingAgainUnsure", again.again(), again.maximum(), list(again.found()));
        } else if (update instanceof Update.SurplusCancelled surplus) {
            return text("surplusCancelled", surplus.prebuildId());
        } else if (update instanceof Update.SurplusUnsure unsure) {
            return text("mayBeSurplus", list(unsure.found()), url());
        } else if (update instanceof Update.TokenRotated) {
            return text("tokenRotated");
        } else if (update instanceof Update.Cancelling cancelling) {
            return text("cancelling", cancelling.prebuildId());
        }
        return null;
    }

    /** The line of a build that continues to wait after a restart. */
    @NonNull
    public String resumed(@NonNull String prebuildId) {
        return text("resumed", prebuildId);
    }

    /** The line about the commit that the prebuild is built from. */
    @NonNull
    public String builtFrom(@NonNull EnvironmentGit git) {
        return text("phase", commitOf(git));
    }

    /** The line about a commit that is older than the build's own commit. */
    @NonNull
    public String builtFromOlder(@NonNull EnvironmentGit git, @Nullable String own) {
        return text("phase", text("builtFromOlder", commitOf(git), shortened(own)));
    }

    /** The line about a commit that is not the build's own commit, if it is not known which one is newer. */
    @NonNull
    public String builtFromOther(@NonNull EnvironmentGit git, @Nullable String own) {
        return text("phase", text("builtFromOther", commitOf(git), shortened(own)));
    }

    /** A short text of the commit and the branch that a prebuild is built from. */
    @NonNull
    static String commitOf(@NonNull EnvironmentGit git) {
        String commit = shortened(git.commit());
        return git.branch() == null ? text("builtFromCommit", commit) : text("builtFrom", commit, plain(git.branch()));
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
        return text("phase", phase.name());
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
            return text("gone", gone.prebuildId(), request.projectId());
        } else if (outcome instanceof Outcome.NotCreated) {
            return text("notCreated");
        } else if (outcome instanceof Outcome.CancelAccepted accepted) {
            return text("cancelAccepted", accepted.prebuildId(), url());
        } else if (outcome instanceof Outcome.LeftRunning left) {
            return left.prebuildId() == null
                    ? text("leftUnknown", request.projectId(), url())
                    : text("leftRunning", left.prebuildId(), url());
        } else if (outcome instanceof Outcome.CreateRefused refused) {
            return text("refused", request.projectId(), explain(refused.failure()));
        } else if (outcome instanceof Outcome.NotSent notSent) {
            return text("notSent", request.projectId(), span(notSent.tried()), explain(notSent.failure()));
        } else if (outcome instanceof Outcome.CreateUnclear unclear) {
            return unclear(unclear);
        } else if (outcome instanceof Outcome.NoToken noToken) {
            return noToken(noToken);
        } else if (outcome instanceof Outcome.WatchLost lost) {
            return text(
                            "watchLost",
                            lost.prebuildId(),
                            lost.phase().name(),
                            span(lost.tried()),
                            explain(lost.failure()),
                            url())
                    + cancelNote(lost.cancelled());
        } else if (outcome instanceof Outcome.OverLimit over) {
            String key = over.limit() == CancelReason.SNAPSHOT_STALLED ? "snapshotStalled" : "overTime";
            return text(key, over.prebuildId(), span(over.allowed()), url()) + cancelNote(over.cancelled());
        } else if (outcome instanceof Outcome.NotSaved notSaved) {
            return text("notSaved", Objects.toString(notSaved.failure().getMessage(), ""));
        }
        throw new IllegalArgumentException(outcome.toString());
    }

    private static String cancelNote(boolean cancelled) {
        return " " + text(cancelled ? "isCancelled" : "isNotCancelled");
    }

    private String ended(Outcome.Ended ended, Duration took) {
        Prebuild prebuild = ended.prebuild();
        String id = prebuild.id();
        switch (prebuild.status().phase()) {
            case COMPLETED -> {
                String done =
                        text("completed", id, span(took), size(prebuild.status().snapshotSizeBytes()));
                String warning = prebuild.status().warningMessage();
                return warning == null ? done : done + " " + text("warning", plain(warning));
            }
            case FAILED -> {
                String why = prebuild.status().failureMessage();
                return text("failed", id, why == null ? text("noReason") : plain(why), url());
            }
            case CANCELLED -> {
                return ended.cancelReason() == null ? text("cancelledElsewhere", id, url()) : text("cancelled", id);
            }
            default -> {
                return text("deleted", id, request.projectId());
            }
        }
    }

    /** A text of Gitpod's on one line, so that it cannot be taken for a line of the build. */
    private static String plain(String said) {
        String line = UNPRINTABLE.matcher(said).replaceAll(" ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private String unclear(Outcome.CreateUnclear unclear) {
        String why = unclear.failure() == null ? text("unclearRestart") : explain(unclear.failure());
        String lost = text("unclear", request.projectId(), why);
        if (unclear.sent() > 1) {
            lost += " " + text("unclearTries", unclear.sent());
        }
        if (unclear.lookUpFailure() != null) {
            return lost + " " + text("unclearLookUpFailed", explain(unclear.lookUpFailure()), url());
        }
        if (unclear.found().isEmpty()) {
            return lost + " " + text(unclear.sent() > 1 ? "unclearNever" : "unclearNothing", url());
        }
        String found = list(unclear.found());
        return lost + " " + text(unclear.sharedAccount() ? "unclearShared" : "unclearSeveral", found, url());
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
                ? text("noToken", request.projectId(), why)
                : text("noTokenLater", noToken.prebuildId(), why, url());
    }

    /** Why there is no token and what to do about it. */
    @NonNull
    public static String explain(@NonNull TokenUnavailableException e) {
        return switch (e.problem()) {
            case NO_ANSWER -> text("credentialsNoAnswer");
            case LOOKUP_FAILED -> text("credentialsFailed", e.getMessage());
            default -> e.getMessage();
        };
    }

    /** What a failed call means and what to do about it. */
    @NonNull
    public String explain(@NonNull GitpodException e) {
        return explain(e, request.connection());
    }

    /** The same for a call that belongs to no request. */
    @NonNull
    public static String explain(@NonNull GitpodException e, @NonNull Connection connection) {
        return CallFailures.explain(e, connection);
    }

    private static String span(Duration duration) {
        long seconds = Math.max(0, duration.plusMillis(500).toSeconds());
        if (seconds < 120) {
            return text("seconds", seconds);
        }
        return text("minutes", seconds / 60, seconds % 60);
    }

    private static String size(long bytes) {
        return bytes == 0 ? text("noSize") : String.format(Locale.ROOT, "%.1f GB", bytes / (1024.0 * 1024.0 * 1024.0));
    }
}

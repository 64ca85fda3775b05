package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.TokenExpiry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.verb.POST;

/**
 * Warns administrators a week before a token expires, if the token contains its time of expiry ({@link TokenExpiry}). Tokens
 * are noted when they are used, and once a day by {@link TokenExpiryCheck}; showing the warning looks up no credential. The
 * monitor keeps the time of expiry and the names of connection, credential and job, in memory only. It never keeps a token.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ExpiringTokensMonitor extends AdministrativeMonitor {

    /** How long before its expiry a token is reported. */
    static final Duration AHEAD = Duration.ofDays(7);

    /** The maximum number of noted tokens. */
    private static final int MAX_KEPT = 1000;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    private final Map<TokenUse, Instant> ends = new ConcurrentHashMap<>();

    /** The expiries that an administrator has dismissed. */
    private final Map<TokenUse, Instant> dismissed = new ConcurrentHashMap<>();

    @NonNull
    public static ExpiringTokensMonitor get() {
        return ExtensionList.lookupSingleton(ExpiringTokensMonitor.class);
    }

    @Override
    public String getDisplayName() {
        return Messages.ExpiringTokensMonitor_displayName();
    }

    /**
     * Notes the time of expiry of a token that is being used.
     *
     * @param connection the connection's name
     * @param credentialsId the credential that the job names, or null for the connection's own
     * @param jobFullName the job that asked
     * @param token the token, which is not kept
     */
    public void note(
            @NonNull String connection,
            @Nullable String credentialsId,
            @Nullable String jobFullName,
            @NonNull BearerToken token) {
        note(new TokenUse(connection, credentialsId, jobFullName), TokenExpiry.of(token));
    }

    void note(@NonNull TokenUse use, @NonNull Optional<Instant> end) {
        if (end.isEmpty()) {
            ends.remove(use);
        } else if (ends.size() < MAX_KEPT || ends.containsKey(use)) {
            ends.put(use, end.get());
        }
    }

    /** Removes a credential that can no longer be used. */
    void forget(@NonNull TokenUse use) {
        ends.remove(use);
        dismissed.remove(use);
    }

    /** The noted uses. */
    @NonNull
    Set<TokenUse> uses() {
        return Set.copyOf(ends.keySet());
    }

    /** A sentence for each token that expires within a week and may still be used. */
    @NonNull
    public List<String> getProblems() {
        return problems(Instant.now());
    }

    @NonNull
    List<String> problems(@NonNull Instant now) {
        List<String> problems = new ArrayList<>();
        ends.forEach((use, end) -> {
            if (!end.isAfter(now.plus(AHEAD)) && !end.equals(dismissed.get(use))) {
                GitpodConnection connection = use.configured();
                if (connection == null) {
                    forget(use);
                } else {
                    problems.add(problem(use, connection, time(end), !end.isAfter(now)));
                }
            }
        });
        problems.sort(null);
        return problems;
    }

    private static String problem(TokenUse use, GitpodConnection connection, String end, boolean isOver) {
        String name = connection.getName();
        if (use.credentialsId() == null) {
            String id = Objects.toString(connection.getCredentialsId(), "");
            return isOver
                    ? Messages.ExpiringTokensMonitor_connectionExpired(name, id, end)
                    : Messages.ExpiringTokensMonitor_connection(name, id, end);
        }
        return isOver
                ? Messages.ExpiringTokensMonitor_jobExpired(use.jobFullName(), use.credentialsId(), name, end)
                : Messages.ExpiringTokensMonitor_job(use.jobFullName(), use.credentialsId(), name, end);
    }

    /** A time in UTC, to the minute. */
    @NonNull
    static String time(@NonNull Instant instant) {
        return TIME.format(instant);
    }

    @Override
    public boolean isActivated() {
        return !ends.isEmpty() && !getProblems().isEmpty();
    }

    /** Hides the present warnings until Jenkins is restarted. A new token gets a new warning. */
    @POST
    @Restricted(NoExternalUse.class)
    public HttpResponse doDismiss() {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        Instant told = Instant.now().plus(AHEAD);
        ends.forEach((use, end) -> {
            if (!end.isAfter(told)) {
                dismissed.put(use, end);
            }
        });
        return HttpResponses.redirectViaContextPath("/manage/");
    }
}

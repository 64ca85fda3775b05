package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.gitpod.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.verb.POST;

/**
 * Reports to administrators which tokens Gitpod does not accept. Personal access tokens expire after at most 90 days, those
 * of service accounts after up to a year or never, and each can be revoked. A report is removed when Gitpod accepts the
 * token again, or when the credential is no longer in use.
 *
 * <p>The reports are kept in memory only. A saved report could be wrong after a restart, because the credential may have been
 * updated. The next call with the token reports it again.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class RefusedTokensMonitor extends AdministrativeMonitor {

    private static final int MAX_KEPT = 100;

    private final Set<TokenUse> refused = ConcurrentHashMap.newKeySet();

    @NonNull
    public static RefusedTokensMonitor get() {
        return ExtensionList.lookupSingleton(RefusedTokensMonitor.class);
    }

    @Override
    public String getDisplayName() {
        return Messages.RefusedTokensMonitor_displayName();
    }

    /**
     * Notes whether Gitpod accepted a token.
     *
     * @param credentialsId the credential that the job names, or null for the connection's own
     * @param jobFullName the job that asked
     */
    public void note(
            @NonNull String connection,
            @Nullable String credentialsId,
            @Nullable String jobFullName,
            boolean isAccepted) {
        TokenUse use = new TokenUse(connection, credentialsId, jobFullName);
        if (isAccepted) {
            refused.remove(use);
        } else if (refused.size() < MAX_KEPT) {
            refused.add(use);
        }
    }

    /** A message for each refused token that may still be used. */
    @NonNull
    public List<String> getProblems() {
        List<String> problems = new ArrayList<>();
        for (TokenUse use : refused) {
            GitpodConnection connection = use.configured();
            if (connection == null) {
                refused.remove(use);
            } else if (use.credentialsId() == null) {
                String id = Objects.toString(connection.getCredentialsId(), "");
                problems.add(Messages.RefusedTokensMonitor_connection(connection.getName(), id));
            } else {
                problems.add(Messages.RefusedTokensMonitor_job(
                        use.jobFullName(), use.credentialsId(), connection.getName()));
            }
        }
        problems.sort(null);
        return problems;
    }

    @Override
    public boolean isActivated() {
        return !refused.isEmpty() && !getProblems().isEmpty();
    }

    /** Removes all reports. A token is reported again when Gitpod refuses it again. */
    @POST
    @Restricted(NoExternalUse.class)
    public HttpResponse doForget() {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        refused.clear();
        return HttpResponses.redirectViaContextPath("/manage/");
    }
}

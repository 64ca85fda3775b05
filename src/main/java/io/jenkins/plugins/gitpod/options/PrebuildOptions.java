package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.EnvVars;
import hudson.Util;
import hudson.model.Describable;
import io.jenkins.plugins.gitpod.Messages;
import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a person may say about a prebuild; the same for the pipeline step and the freestyle build step. Saved with builds:
 * fields may be added but not renamed.
 */
public final class PrebuildOptions implements Describable<PrebuildOptions>, Serializable {

    private static final long serialVersionUID = 1L;

    /** In minutes; Gitpod's own limits (300 s to 7200 s). */
    public static final int SHORTEST_TIMEOUT = 5;

    /** In minutes; see {@link #SHORTEST_TIMEOUT}. */
    public static final int LONGEST_TIMEOUT = 120;

    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

    /** What the form suggests: a name for people with the id in brackets behind it. */
    private static final Pattern LABELLED =
            Pattern.compile(".*\\((" + UUID.pattern() + ")\\)\\s*", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    private String projectId;
    private String environmentClassId;
    private Integer timeout;
    private String connection;
    private String credentialsId;
    private boolean wait = true;
    private boolean propagate = true;
    private boolean cancelOnAbort = true;
    private OnWarning onWarning = OnWarning.IGNORE;
    private WhenActive whenActive = WhenActive.START;
    private Integer minimumInterval;
    private boolean force;
    private boolean onlyProjectBranch;
    private String onlyIfChanged;

    /** Gitpod project (uuid); null for the one of the repository that the build has checked out. */
    @CheckForNull
    public String getProjectId() {
        return projectId;
    }

    public void setProjectId(String projectId) {
        this.projectId = withoutLabel(projectId);
    }

    /** Environment class to prebuild (uuid); null for the project's default. */
    @CheckForNull
    public String getEnvironmentClassId() {
        return environmentClassId;
    }

    public void setEnvironmentClassId(String environmentClassId) {
        this.environmentClassId = withoutLabel(environmentClassId);
    }

    /** In minutes, {@value #SHORTEST_TIMEOUT} to {@value #LONGEST_TIMEOUT}; null for the server's default (60). */
    @CheckForNull
    public Integer getTimeout() {
        return timeout;
    }

    public void setTimeout(Integer timeout) {
        this.timeout = timeout;
    }

    /** Name of a global connection; null for the default one. */
    @CheckForNull
    public String getConnection() {
        return connection;
    }

    public void setConnection(String connection) {
        this.connection = Util.fixEmptyAndTrim(connection);
    }

    /** Id of a secret text credential that the job may see; null for the connection's. */
    @CheckForNull
    public String getCredentialsId() {
        return credentialsId;
    }

    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** Whether to wait for the prebuild's end; if not, it is detached once created. */
    public boolean isWait() {
        return wait;
    }

    public void setWait(boolean wait) {
        this.wait = wait;
    }

    /** Whether a prebuild that did not complete fails the build. */
    public boolean isPropagate() {
        return propagate;
    }

    public void setPropagate(boolean propagate) {
        this.propagate = propagate;
    }

    /** Whether the early end of the waiting build cancels the prebuild. */
    public boolean isCancelOnAbort() {
        return cancelOnAbort;
    }

    public void setCancelOnAbort(boolean cancelOnAbort) {
        this.cancelOnAbort = cancelOnAbort;
    }

    /** What a completed prebuild with a warning means. */
    @NonNull
    public OnWarning getOnWarning() {
        return onWarning == null ? OnWarning.IGNORE : onWarning;
    }

    public void setOnWarning(OnWarning onWarning) {
        this.onWarning = onWarning == null ? OnWarning.IGNORE : onWarning;
    }

    /** What to do while a prebuild of the same project and class is under way. */
    @NonNull
    public WhenActive getWhenActive() {
        return whenActive == null ? WhenActive.START : whenActive;
    }

    public void setWhenActive(WhenActive whenActive) {
        this.whenActive = whenActive == null ? WhenActive.START : whenActive;
    }

    /** How many minutes at least lie between two prebuilds of a project; null for none. */
    @CheckForNull
    public Integer getMinimumInterval() {
        return minimumInterval;
    }

    public void setMinimumInterval(Integer minimumInterval) {
        this.minimumInterval = minimumInterval;
    }

    /** Whether to make one although this commit has a completed prebuild already. */
    public boolean isForce() {
        return force;
    }

    public void setForce(boolean force) {
        this.force = force;
    }

    /** Whether only builds of the branch that the project is configured for get a prebuild. */
    public boolean isOnlyProjectBranch() {
        return onlyProjectBranch;
    }

    public void setOnlyProjectBranch(boolean onlyProjectBranch) {
        this.onlyProjectBranch = onlyProjectBranch;
    }

    /** Paths in the manner of Ant, separated by commas or lines, one of which must have changed; null if all matter. */
    @CheckForNull
    public String getOnlyIfChanged() {
        return onlyIfChanged;
    }

    public void setOnlyIfChanged(String onlyIfChanged) {
        this.onlyIfChanged = Util.fixEmptyAndTrim(onlyIfChanged);
    }

    /** Whether these options can be carried out without a look at what was built or is under way. */
    public boolean isUnconditional() {
        return projectId != null
                && getWhenActive() == WhenActive.START
                && minimumInterval == null
                && !onlyProjectBranch
                && onlyIfChanged == null;
    }

    /** The time-out as a span, or null if none is set. */
    @CheckForNull
    public Duration timeoutOrNull() {
        return timeout == null ? null : Duration.ofMinutes(timeout);
    }

    /** What is wrong with these options, in words for people, or null. Needs no look at Gitpod. */
    @CheckForNull
    public String problem() {
        if (projectId != null && !isUuid(projectId)) {
            return Messages.PrebuildOptions_badProject(projectId);
        }
        if (environmentClassId != null && !isUuid(environmentClassId)) {
            return Messages.PrebuildOptions_badClass(environmentClassId);
        }
        if (timeout != null && (timeout < SHORTEST_TIMEOUT || timeout > LONGEST_TIMEOUT)) {
            return Messages.PrebuildOptions_badTimeout(timeout, SHORTEST_TIMEOUT, LONGEST_TIMEOUT);
        }
        if (minimumInterval != null && minimumInterval < 0) {
            return Messages.PrebuildOptions_badInterval(minimumInterval);
        }
        return null;
    }

    /** These options with variables in ids and in the connection's name replaced by their values. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public PrebuildOptions expanded(@NonNull EnvVars variables) {
        PrebuildOptions expanded = new PrebuildOptions();
        expanded.setProjectId(variables.expand(projectId));
        expanded.setEnvironmentClassId(variables.expand(environmentClassId));
        expanded.setConnection(variables.expand(connection));
        // Whoever may start a build must not choose among the credentials of its job.
        expanded.credentialsId = credentialsId;
        expanded.timeout = timeout;
        expanded.wait = wait;
        expanded.propagate = propagate;
        expanded.cancelOnAbort = cancelOnAbort;
        expanded.setOnWarning(onWarning);
        expanded.setWhenActive(whenActive);
        expanded.minimumInterval = minimumInterval;
        expanded.force = force;
        expanded.onlyProjectBranch = onlyProjectBranch;
        expanded.onlyIfChanged = onlyIfChanged;
        return expanded;
    }

    /** What was saved before ids were lowered on entry. */
    private Object readResolve() {
        setProjectId(projectId);
        setEnvironmentClassId(environmentClassId);
        return this;
    }

    /**
     * The id alone of what may be a name with its id in brackets. An id is lowered, as Gitpod writes it; anything else, such
     * as a variable, stays as it is.
     *
     * @return null if the text is blank
     */
    @CheckForNull
    static String withoutLabel(@Nullable String text) {
        String trimmed = Util.fixEmptyAndTrim(text);
        if (trimmed == null) {
            return null;
        }
        Matcher labelled = LABELLED.matcher(trimmed);
        String id = labelled.matches() ? labelled.group(1) : trimmed;
        return isUuid(id) ? id.toLowerCase(Locale.ROOT) : id;
    }

    static boolean isUuid(@Nullable String text) {
        return text != null && UUID.matcher(text).matches();
    }
}

package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.Util;
import hudson.model.Describable;
import io.jenkins.plugins.gitpod.Messages;
import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The options of a prebuild, the same for the pipeline step, the freestyle build step and the job property. Saved in
 * {@code config.xml} and {@code program.dat}: fields may be added but not renamed.
 *
 * <p>Each field is an object, and null means the default, which the getter returns. Reading a saved file runs no field
 * initializers: a field that the file lacks, because it was left out or was added to this class later, is null.
 *
 * <p>Longer than other classes, because each option has a field, a getter and a setter with the names that are saved.
 */
@Restricted(NoExternalUse.class)
public final class PrebuildOptions implements Describable<PrebuildOptions>, Serializable {

    private static final long serialVersionUID = 1L;

    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

    /** What the form suggests: a name followed by the id in parentheses. */
    private static final Pattern LABELLED =
            Pattern.compile(".*\\((" + UUID.pattern() + ")\\)\\s*", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    private String projectId;
    private String environmentClassId;
    private Integer timeout;
    private String connection;
    private String credentialsId;
    private Boolean wait;
    private Boolean waitForWarmPool;
    private Integer keepPrebuilds;
    private Boolean propagate;
    private Boolean cancelOnAbort;
    private OnWarning onWarning;
    private Logs logs;
    private Boolean skipPublishingChecks;
    private WhenActive whenActive;
    private Integer minimumInterval;
    private Integer maxAge;
    private Boolean force;
    private Boolean onlyProjectBranch;
    private String onlyIfChanged;

    /** Creates options that all have their defaults. */
    public PrebuildOptions() {
        // A field that is null has its default.
    }

    private PrebuildOptions(PrebuildOptions other) {
        projectId = other.projectId;
        environmentClassId = other.environmentClassId;
        timeout = other.timeout;
        connection = other.connection;
        credentialsId = other.credentialsId;
        wait = other.wait;
        waitForWarmPool = other.waitForWarmPool;
        keepPrebuilds = other.keepPrebuilds;
        propagate = other.propagate;
        cancelOnAbort = other.cancelOnAbort;
        onWarning = other.onWarning;
        logs = other.logs;
        skipPublishingChecks = other.skipPublishingChecks;
        whenActive = other.whenActive;
        minimumInterval = other.minimumInterval;
        maxAge = other.maxAge;
        force = other.force;
        onlyProjectBranch = other.onlyProjectBranch;
        onlyIfChanged = other.onlyIfChanged;
    }

    /** A copy that can be changed independently. */
    @NonNull
    @Restricted(NoExternalUse.class)
    private PrebuildOptions copy() {
        return new PrebuildOptions(this);
    }

    /**
     * A copy with the defaults of the job property for what is not set: it never waits, and it creates prebuilds only for
     * the project's own branch.
     */
    @NonNull
    @Restricted(NoExternalUse.class)
    public PrebuildOptions forCommits() {
        PrebuildOptions copy = copy();
        copy.wait = false;
        copy.onlyProjectBranch = onlyProjectBranch == null || onlyProjectBranch;
        return copy;
    }

    /**
     * A copy for a prebuild that replaces an old one: it is created unless one runs, or one completed that is younger than so
     * many hours. Commits and changes do not matter.
     */
    @NonNull
    @Restricted(NoExternalUse.class)
    public PrebuildOptions forFreshness(int hours) {
        PrebuildOptions copy = forCommits();
        copy.force = true;
        copy.maxAge = hours;
        copy.whenActive = WhenActive.SKIP;
        copy.minimumInterval = null;
        copy.onlyIfChanged = null;
        return copy;
    }

    /** The Gitpod project (UUID), or null to find the project of the repository that the build has checked out. */
    @CheckForNull
    public String getProjectId() {
        return projectId;
    }

    public void setProjectId(String projectId) {
        this.projectId = withoutLabel(projectId);
    }

    /**
     * The environment class to prebuild (UUID), several of them separated by commas, or {@link EnvironmentClasses#ALL}. Null
     * for the project's default.
     */
    @CheckForNull
    public String getEnvironmentClassId() {
        return environmentClassId;
    }

    public void setEnvironmentClassId(String environmentClassId) {
        this.environmentClassId = EnvironmentClasses.normalized(environmentClassId);
    }

    /** Whether the request is for several environment classes, or for all that the project has configured. */
    public boolean isForSeveralClasses() {
        return EnvironmentClasses.areSeveral(environmentClassId);
    }

    /** A copy for one environment class of a project. The class is null for the project's default. */
    @NonNull
    public PrebuildOptions ofClass(@NonNull String ofProject, @Nullable String classId) {
        PrebuildOptions copy = copy();
        copy.projectId = ofProject;
        copy.environmentClassId = classId;
        return copy;
    }

    /** The timeout of the prebuild in minutes, 5 to 120; null for the server's default (60). */
    @CheckForNull
    public Integer getTimeout() {
        return timeout;
    }

    public void setTimeout(Integer timeout) {
        this.timeout = timeout;
    }

    /** The name of a global connection, or null for the default one. */
    @CheckForNull
    public String getConnection() {
        return connection;
    }

    public void setConnection(String connection) {
        this.connection = Util.fixEmptyAndTrim(connection);
    }

    /** The id of a secret text credential that the job may use, or null for the connection's credential. */
    @CheckForNull
    public String getCredentialsId() {
        return credentialsId;
    }

    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** Whether the build waits for the end of the prebuild (default). If not, the prebuild is detached once it is created. */
    public boolean isWait() {
        return wait == null || wait;
    }

    public void setWait(boolean wait) {
        this.wait = wait;
    }

    /** Whether the build also waits, for a limited time, until the warm pool of the class serves the snapshot; false by default. */
    public boolean isWaitForWarmPool() {
        return waitForWarmPool != null && waitForWarmPool;
    }

    public void setWaitForWarmPool(boolean waitForWarmPool) {
        this.waitForWarmPool = waitForWarmPool;
    }

    /** How many completed prebuilds of the project and class are kept, 1 to 50: older ones are deleted; null to keep all. */
    @CheckForNull
    public Integer getKeepPrebuilds() {
        return keepPrebuilds;
    }

    public void setKeepPrebuilds(Integer keepPrebuilds) {
        this.keepPrebuilds = keepPrebuilds;
    }

    /** Whether a prebuild that did not complete fails the build (default). */
    public boolean isPropagate() {
        return propagate == null || propagate;
    }

    public void setPropagate(boolean propagate) {
        this.propagate = propagate;
    }

    /** Whether the prebuild is cancelled when the waiting build ends before it (default). */
    public boolean isCancelOnAbort() {
        return cancelOnAbort == null || cancelOnAbort;
    }

    public void setCancelOnAbort(boolean cancelOnAbort) {
        this.cancelOnAbort = cancelOnAbort;
    }

    /** What a warning of a completed prebuild means for the build; {@link OnWarning#IGNORE} by default. */
    @NonNull
    public OnWarning getOnWarning() {
        return onWarning == null ? OnWarning.IGNORE : onWarning;
    }

    public void setOnWarning(OnWarning onWarning) {
        this.onWarning = onWarning;
    }

    /** Which lines of the prebuild's log the waiting build prints; {@link Logs#ON_FAILURE} by default. */
    @NonNull
    public Logs getLogs() {
        return logs == null ? Logs.ON_FAILURE : logs;
    }

    public void setLogs(Logs logs) {
        this.logs = logs;
    }

    /** Whether no check of the commit is published on the SCM hosting service; false by default. */
    public boolean isSkipPublishingChecks() {
        return skipPublishingChecks != null && skipPublishingChecks;
    }

    public void setSkipPublishingChecks(boolean skipPublishingChecks) {
        this.skipPublishingChecks = skipPublishingChecks;
    }

    /** What to do if a prebuild of the same project and class is running; {@link WhenActive#START} by default. */
    @NonNull
    public WhenActive getWhenActive() {
        return whenActive == null ? WhenActive.START : whenActive;
    }

    public void setWhenActive(WhenActive whenActive) {
        this.whenActive = whenActive;
    }

    /** The minimum number of minutes between two prebuilds of a project, 0 or more; null for no minimum. */
    @CheckForNull
    public Integer getMinimumInterval() {
        return minimumInterval;
    }

    public void setMinimumInterval(Integer minimumInterval) {
        this.minimumInterval = minimumInterval;
    }

    /**
     * The age in hours, 1 to 168, below which a completed prebuild of the project and class is used instead of a new one;
     * null if its age does not matter.
     */
    @CheckForNull
    public Integer getMaxAge() {
        return maxAge;
    }

    public void setMaxAge(Integer maxAge) {
        this.maxAge = maxAge;
    }

    /** Whether to create a prebuild even if this commit already has a completed one; false by default. */
    public boolean isForce() {
        return force != null && force;
    }

    public void setForce(boolean force) {
        this.force = force;
    }

    /**
     * Whether only builds of the branch that the project is configured for get a prebuild; false by default, except for the
     * job property.
     */
    public boolean isOnlyProjectBranch() {
        return onlyProjectBranch != null && onlyProjectBranch;
    }

    public void setOnlyProjectBranch(boolean onlyProjectBranch) {
        this.onlyProjectBranch = onlyProjectBranch;
    }

    /**
     * Ant-style path patterns, separated by commas or line breaks. At least one changed path must match. Null if every change
     * matters.
     */
    @CheckForNull
    public String getOnlyIfChanged() {
        return onlyIfChanged;
    }

    public void setOnlyIfChanged(String onlyIfChanged) {
        this.onlyIfChanged = Util.fixEmptyAndTrim(onlyIfChanged);
    }

    /** Whether the request needs no information about the build's commit or about running prebuilds. */
    public boolean isUnconditional() {
        return projectId != null
                && getWhenActive() == WhenActive.START
                && minimumInterval == null
                && maxAge == null
                && !isOnlyProjectBranch()
                && onlyIfChanged == null;
    }

    /** The timeout as a duration, or null if none is set. */
    @CheckForNull
    public Duration timeoutOrNull() {
        return timeout == null ? null : Duration.ofMinutes(timeout);
    }

    /** A message about the first invalid option, or null if all are valid. Does not call Gitpod. */
    @CheckForNull
    public String problem() {
        if (projectId != null && !isUuid(projectId)) {
            return PrebuildOption.PROJECT_ID.invalid(projectId);
        }
        String invalidClass = EnvironmentClasses.firstInvalid(environmentClassId);
        if (invalidClass != null) {
            return PrebuildOption.ENVIRONMENT_CLASS_ID.invalid(invalidClass);
        }
        return Stream.of(
                        PrebuildOption.TIMEOUT.problem(timeout),
                        PrebuildOption.MINIMUM_INTERVAL.problem(minimumInterval),
                        PrebuildOption.MAX_AGE.problem(maxAge),
                        PrebuildOption.KEEP_PREBUILDS.problem(keepPrebuilds),
                        PrebuildOption.ONLY_IF_CHANGED.problem(onlyIfChanged))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * A copy with the variables in ids and in the connection's name replaced by their values.
     *
     * @throws AbortException if nothing is left of the project; the message is for people
     */
    @NonNull
    @Restricted(NoExternalUse.class)
    public PrebuildOptions expanded(@NonNull EnvVars variables) throws AbortException {
        PrebuildOptions expanded = copy();
        expanded.setProjectId(variables.expand(projectId));
        if (projectId != null && expanded.projectId == null) {
            // Without a project, the request would be for any project of the repository.
            throw new AbortException(Messages.PrebuildOptions_emptyVariable(projectId));
        }
        expanded.setEnvironmentClassId(variables.expand(environmentClassId));
        expanded.setConnection(variables.expand(connection));
        // Not the credential: a person who may start a build must not choose among the credentials of its job.
        return expanded;
    }

    /** Normalizes ids, which may have been written into a file by hand. */
    private Object readResolve() {
        setProjectId(projectId);
        setEnvironmentClassId(environmentClassId);
        return this;
    }

    /**
     * Returns the id of what may be a name followed by its id in parentheses. An id is converted to lower case, as Gitpod
     * writes it. Any other text, such as a variable, is only trimmed.
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

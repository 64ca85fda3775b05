package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.scm.ChangeLogSet;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.config.GitpodAccess;
import io.jenkins.plugins.gitpod.config.GitpodDirectory;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.Lane;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.scm.RunWithSCM;

/**
 * Finds out whether a prebuild is to be made of a wish, and of which project: looks in Gitpod and in the books, on threads
 * of the engine. What is decided here is not saved: a step asks again after a restart, and an automatic wish stands in the
 * {@link PendingBook}.
 */
final class Intake {

    private static final Logger LOGGER = Logger.getLogger(Intake.class.getName());

    /** Longer than {@link GitpodDirectory} keeps a failure. */
    private static final Duration TRY_AGAIN = Duration.ofSeconds(6);

    /** How long a step that skips waits for the id of the prebuild that is being created. */
    private static final Duration FOR_ID = Duration.ofSeconds(20);

    private static final Duration LOOK_FOR_ID = Duration.ofSeconds(1);

    /** What the intake has done in the end. */
    interface Desk {
        /** The prebuilds of a project that are under way, as far as this controller knows. */
        @NonNull
        List<Sharing> active(@NonNull Wish wish, @NonNull Project project);

        /** Whether this controller's books say whose prebuild it is. */
        boolean isOurs(@NonNull String prebuildId);

        /** A prebuild is made. */
        void make(@NonNull Wish wish, @NonNull String projectId);

        /** @return false if it is over by now */
        boolean join(@NonNull Wish wish, @NonNull Sharing sharing, @NonNull String projectId);

        /** Waits for a prebuild that somebody else made. */
        void joinForeign(@NonNull Wish wish, @NonNull String projectId, @NonNull String prebuildId);

        void cancel(@NonNull Sharing sharing, @NonNull Wish by);

        /** What to tell instead of a prebuild: the one under way, without an id if it has none yet. */
        @NonNull
        PrebuildResult result(@NonNull Sharing sharing, @NonNull String skipReason);

        /** No prebuild is made. */
        void conclude(@NonNull Wish wish, @NonNull PrebuildRecord record);
    }

    private enum Turn {
        UNDECIDED,
        /** A prebuild is made or joined, and nobody who leaves may get lost on the way. */
        HANDING_OVER,
        OVER
    }

    /** A wish, and how far it is. */
    private static final class Asked {
        private final Wish wish;
        private final TokenSource tokens;
        private final long since;
        private boolean troubleTold;

        private Turn turn = Turn.UNDECIDED;

        @CheckForNull
        private Runnable whenHandedOver;

        Asked(Wish wish, TokenSource tokens, long since) {
            this.wish = wish;
            this.tokens = tokens;
            this.since = since;
        }

        /** @return false if it is elsewhere already */
        synchronized boolean turn(Turn from, Turn to) {
            boolean isMine = turn == from;
            if (isMine) {
                turn = to;
            }
            return isMine;
        }

        /** @return whether it is being handed over */
        synchronized boolean whenHandedOver(Runnable then) {
            boolean isOnItsWay = turn == Turn.HANDING_OVER;
            if (isOnItsWay) {
                whenHandedOver = then;
            }
            return isOnItsWay;
        }

        /** @return what somebody wants to be done now */
        @CheckForNull
        synchronized Runnable handedOver(Turn to) {
            turn = to;
            return whenHandedOver;
        }
    }

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final CommitBook commits;
    private final Desk desk;
    private final Map<UUID, Asked> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Whoever decides holds it until what is decided shows: two must not both find that nothing is under way. */
    private final Object deciding = new Object();

    Intake(EngineRuntime runtime, EngineSettings settings, CommitBook commits, Desk desk) {
        this.runtime = runtime;
        this.settings = settings;
        this.commits = commits;
        this.desk = desk;
    }

    /** Jenkins stops: nothing is decided any longer, so that all is asked for again. */
    void close() {
        closed = true;
    }

    /** Returns at once. */
    void ask(@NonNull Wish wish, @NonNull TokenSource tokens) {
        Asked asked = new Asked(wish, tokens, runtime.nanoTime());
        open.put(wish.requestId(), asked);
        start(asked);
    }

    boolean isOpen(@NonNull UUID requestId) {
        return open.containsKey(requestId);
    }

    boolean anyOwner(@NonNull Predicate<RequestOrigin> like) {
        return open.values().stream().anyMatch(asked -> isStep(asked, like));
    }

    /** What steps like these ask for. */
    @NonNull
    List<UUID> steps(@NonNull Predicate<RequestOrigin> like) {
        return open.values().stream()
                .filter(asked -> isStep(asked, like))
                .map(asked -> asked.wish.requestId())
                .toList();
    }

    private static boolean isStep(Asked asked, Predicate<RequestOrigin> like) {
        return !asked.wish.isAutomatic() && like.test(asked.wish.origin());
    }

    /**
     * Takes a wish back. If nothing was decided yet, no prebuild is made.
     *
     * @param handedOver is called later if a prebuild is being made or joined just now
     * @return false if the wish is not here, or no longer
     */
    boolean withdraw(@NonNull UUID requestId, @NonNull Runnable handedOver) {
        Asked asked = open.get(requestId);
        if (asked == null) {
            return false;
        }
        if (asked.turn(Turn.UNDECIDED, Turn.OVER)) {
            open.remove(requestId);
            deliver(() -> end(asked.wish, Conclusion.CANCELLED, null, null, Messages.PrebuildMessages_notCreated()));
            return true;
        }
        return asked.whenHandedOver(handedOver);
    }

    /**
     * Has the desk make or join a prebuild. The wish is known here until it is known there, so that no moment is left in
     * which one who leaves is found nowhere.
     *
     * @param how returns false if it was too late for that
     * @return false if it is still to be decided on
     */
    private boolean handOver(Asked asked, BooleanSupplier how) {
        if (closed || !asked.turn(Turn.UNDECIDED, Turn.HANDING_OVER)) {
            return true;
        }
        UUID requestId = asked.wish.requestId();
        boolean isTaken = how.getAsBoolean();
        if (isTaken) {
            open.remove(requestId, asked);
        }
        Runnable left = asked.handedOver(isTaken ? Turn.OVER : Turn.UNDECIDED);
        if (left != null && isTaken) {
            left.run();
        } else if (left != null) {
            return withdraw(requestId, left);
        }
        return isTaken;
    }

    /** The token first, on threads of its own: a credentials provider that hangs holds up no other's look-ups. */
    private void start(Asked asked) {
        runtime.lane(Lane.CREDENTIALS).execute(() -> {
            FutureTask<Void> task = new FutureTask<>(() -> token(asked), null);
            EngineRuntime.Timer limit = runtime.schedule(settings.credentialLimit(), () -> {
                if (task.cancel(true)) {
                    deliver(() -> fail(asked, Messages.PrebuildMessages_credentialsNoAnswer()));
                }
            });
            task.run();
            limit.cancel();
        });
    }

    private void deliver(Runnable task) {
        runtime.lane(Lane.DELIVERY).execute(task);
    }

    private void token(Asked asked) {
        if (closed || !isOpen(asked.wish.requestId())) {
            return;
        }
        try {
            GitpodAccess access = new GitpodAccess(asked.wish.connection(), asked.tokens.token());
            runtime.lane(Lane.LOOK_UP).execute(() -> look(asked, access));
        } catch (TokenUnavailableException e) {
            deliver(() -> fail(asked, e.getMessage()));
        } catch (RuntimeException e) {
            deliver(() -> defect(asked, e));
        }
    }

    private void look(Asked asked, GitpodAccess access) {
        try {
            if (!closed && isOpen(asked.wish.requestId())) {
                decide(asked, access);
            }
        } catch (GitpodException e) {
            failed(asked, e);
        } catch (RuntimeException e) {
            defect(asked, e);
        }
    }

    private void defect(Asked asked, RuntimeException e) {
        if (!closed) {
            LOGGER.log(Level.WARNING, "Could not decide on a Gitpod prebuild", e);
        }
        fail(asked, Messages.Intake_defect(e.getClass().getSimpleName()));
    }

    private void failed(Asked asked, GitpodException e) {
        String why = CallFailures.explain(e, asked.wish.connection());
        Duration tried = Duration.ofNanos(runtime.nanoTime() - asked.since);
        if (isFinal(e) || tried.compareTo(settings.connectBudget()) > 0) {
            fail(asked, Messages.Intake_lookUpFailed(why));
            return;
        }
        if (!asked.troubleTold) {
            asked.troubleTold = true;
            asked.wish.waiter().line(Messages.Intake_lookUpTrouble(why));
        }
        Duration wait = e.retryAfter().orElse(TRY_AGAIN);
        again(asked, wait.compareTo(TRY_AGAIN) < 0 ? TRY_AGAIN : wait);
    }

    private void again(Asked asked, Duration after) {
        runtime.schedule(after, () -> start(asked));
    }

    private static boolean isFinal(GitpodException e) {
        return switch (e.code()) {
            case PERMISSION_DENIED, NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED, UNAUTHENTICATED ->
                true;
            default -> false;
        };
    }

    private void fail(Asked asked, String why) {
        if (isMine(asked)) {
            end(asked.wish, Conclusion.ERROR, null, null, why);
        }
    }

    /** Whether the wish ends here and now. */
    private boolean isMine(Asked asked) {
        boolean isMine = !closed && asked.turn(Turn.UNDECIDED, Turn.OVER);
        if (isMine) {
            open.remove(asked.wish.requestId(), asked);
        }
        return isMine;
    }

    private void end(
            Wish wish,
            Conclusion conclusion,
            @Nullable String projectId,
            @Nullable PrebuildResult result,
            String message) {
        if (closed) {
            return;
        }
        desk.conclude(
                wish,
                new PrebuildRecord(
                        wish.requestId().toString(),
                        Objects.toString(
                                projectId, Objects.toString(wish.options().getProjectId(), "")),
                        wish.connection().name(),
                        !wish.options().isWait(),
                        result,
                        conclusion,
                        message));
    }

    // ---- which project, which commit

    private void decide(Asked asked, GitpodAccess access) throws GitpodException {
        Wish wish = asked.wish;
        List<Checkout> checkouts = wish.checkouts();
        String projectId = wish.options().getProjectId();
        Project project;
        if (projectId == null) {
            project = findProject(asked, access, checkouts);
            if (project == null) {
                return;
            }
        } else {
            project = readProject(asked, access, projectId);
            if (project == null) {
                // The create says what is wrong with the project.
                makePlain(asked);
                return;
            }
        }
        Checkout checkout = checkout(wish, checkouts, project);
        String branch = project.cloneTarget();
        if (checkout != null && !checkout.isOfBranch(branch)) {
            String of = shown(checkout);
            String own = branch == null || branch.isBlank() ? Messages.Intake_defaultBranch() : branch;
            if (wish.options().isOnlyProjectBranch()) {
                skip(asked, project, null, Messages.Intake_otherBranch(of, own));
                return;
            }
            wish.waiter().line(Messages.Intake_notThisBranch(of, own));
        }
        List<Prebuild> foreign = foreign(wish, access, project);
        ChangedPaths changed = changed(wish, checkout);
        synchronized (deciding) {
            if (isOpen(wish.requestId())) {
                settle(asked, new Case(project, checkout, changed, foreign));
            }
        }
    }

    private static String shown(Checkout checkout) {
        return switch (checkout.kind()) {
            case BRANCH -> Messages.Intake_branch(checkout.shownBranch());
            case TAG -> Messages.Intake_tag(checkout.shownBranch());
            case CHANGE_REQUEST -> Messages.Intake_changeRequest(checkout.shownBranch());
        };
    }

    @CheckForNull
    private Project findProject(Asked asked, GitpodAccess access, List<Checkout> checkouts) throws GitpodException {
        if (checkouts.isEmpty()) {
            fail(asked, Messages.Intake_noCheckout());
            return null;
        }
        List<Checkout> own = checkouts.stream().filter(Checkout::isOwn).toList();
        Set<String> lookedFor = new LinkedHashSet<>();
        Map<String, Project> found = new LinkedHashMap<>();
        for (Checkout checkout : own.isEmpty() ? checkouts : own) {
            for (RepositoryUrl remote : checkout.remotes()) {
                if (lookedFor.add(remote.toString())) {
                    for (Project each : GitpodDirectory.get().ofRepository(access, remote.forms())) {
                        found.put(each.id(), each);
                    }
                }
            }
        }
        if (found.size() == 1) {
            Project project = found.values().iterator().next();
            if (!asked.wish.isAutomatic()) {
                asked.wish
                        .waiter()
                        .line(Messages.Intake_found(name(project), project.id(), String.join(", ", lookedFor)));
            }
            return project;
        }
        String connection = asked.wish.connection().name();
        String urls = String.join(", ", lookedFor);
        fail(
                asked,
                found.isEmpty()
                        ? Messages.Intake_noProject(urls, connection)
                        : Messages.Intake_severalProjects(
                                urls,
                                connection,
                                found.values().stream()
                                        .map(each -> name(each) + " (" + each.id() + ")")
                                        .collect(Collectors.joining(", "))));
        return null;
    }

    private static String name(Project project) {
        return Objects.toString(project.name(), project.id());
    }

    /** @return null if the project cannot be read and nothing that was asked depends on it */
    @CheckForNull
    private Project readProject(Asked asked, GitpodAccess access, String projectId) throws GitpodException {
        try {
            return GitpodDirectory.get().project(access, projectId);
        } catch (GitpodException e) {
            if (asked.wish.options().isUnconditional() || isFinal(e) && e.code() != ErrorCode.PERMISSION_DENIED) {
                return null;
            }
            throw e;
        }
    }

    /** The checkout that tells the commit: the one of the project's repository, of the job's own source first. */
    @CheckForNull
    private static Checkout checkout(Wish wish, List<Checkout> checkouts, Project project) {
        if (wish.automatic() != null) {
            return wish.automatic().checkout();
        }
        return checkouts.stream()
                .filter(each -> each.isOf(project.remoteUri()))
                .findFirst()
                .orElse(null);
    }

    private static ChangedPaths changed(Wish wish, @Nullable Checkout checkout) {
        if (wish.automatic() != null) {
            return wish.automatic().changed();
        }
        if (checkout == null || wish.options().getOnlyIfChanged() == null) {
            return ChangedPaths.MATCH;
        }
        List<ChangeLogSet<?>> changes = new ArrayList<>();
        if (wish.run() instanceof RunWithSCM<?, ?> run) {
            changes.addAll(run.getChangeSets());
        }
        return ChangedPaths.of(wish.options().getOnlyIfChanged(), changes);
    }

    /** Prebuilds under way that are not in this controller's books. */
    private List<Prebuild> foreign(Wish wish, GitpodAccess access, Project project) throws GitpodException {
        WhenActive when = wish.options().getWhenActive();
        if (when != WhenActive.JOIN && when != WhenActive.SKIP) {
            return List.of();
        }
        String classId = classKey(project, wish.options().getEnvironmentClassId());
        return GitpodDirectory.get().underWay(access, project.id()).stream()
                .filter(each ->
                        classKey(project, each.metadata().environmentClassId()).equals(classId))
                .toList();
    }

    /** The class, or the empty text for the project's default one, however it was named. */
    @NonNull
    static String classKey(@NonNull Project project, @Nullable String classId) {
        List<String> classes = project.environmentClassIds();
        boolean isDefault = classId == null || !classes.isEmpty() && classId.equalsIgnoreCase(classes.get(0));
        return isDefault ? "" : classId;
    }

    // ---- whether

    /** All that a decision needs. */
    private record Case(Project project, @Nullable Checkout checkout, ChangedPaths changed, List<Prebuild> foreign) {}

    private void makePlain(Asked asked) {
        synchronized (deciding) {
            String projectId = asked.wish.options().getProjectId();
            if (projectId != null) {
                make(asked, projectId);
            }
        }
    }

    private void settle(Asked asked, Case found) {
        Wish wish = asked.wish;
        PrebuildOptions options = wish.options();
        Project project = found.project();
        Checkout checkout = found.checkout();
        String apiUrl = wish.connection().endpoint().apiUrl().toString();
        String classId = classKey(project, options.getEnvironmentClassId());
        CommitBook.Key key = checkout == null
                ? null
                : new CommitBook.Key(apiUrl, project.id(), classId, checkout.bookedBranch(project.cloneTarget()));
        CommitBook.Key ofProject = CommitBook.ofProject(apiUrl, project.id());
        if (key != null && isNeedless(asked, found, key)) {
            return;
        }
        WhenActive when = options.getWhenActive();
        if ((when == WhenActive.JOIN || when == WhenActive.SKIP) && isServedByActive(asked, found, key)) {
            return;
        }
        if (isTooSoon(asked, project, key, ofProject)) {
            return;
        }
        if (when == WhenActive.CANCEL_PREVIOUS) {
            desk.active(wish, project).stream()
                    .filter(each -> !each.isForeign())
                    .forEach(each -> desk.cancel(each, wish));
        }
        if (key != null) {
            commits.act(key, checkout.revision(), wish.requestId());
        }
        commits.act(ofProject, null, wish.requestId());
        make(asked, project.id());
    }

    private void make(Asked asked, String projectId) {
        handOver(asked, () -> {
            desk.make(asked.wish, projectId);
            return true;
        });
    }

    private boolean isNeedless(Asked asked, Case found, CommitBook.Key key) {
        Wish wish = asked.wish;
        String revision = Objects.requireNonNull(found.checkout()).revision();
        String brief = revision.substring(0, Math.min(revision.length(), 8));
        if (!wish.options().isForce()) {
            CommitBook.Act done = commits.completed(key, revision);
            if (done != null) {
                String why = Messages.Intake_completedAlready(brief, done.prebuildId());
                skip(
                        asked,
                        found.project(),
                        PrebuildResult.skipped(done.prebuildId(), done.url(), "COMPLETED", why),
                        why);
                return true;
            }
            CommitBook.Act last = commits.last(key);
            if (wish.isAutomatic() && last != null && last.isOfRevision(revision) && !last.isOf(wish.requestId())) {
                skip(asked, found.project(), null, Messages.Intake_actedAlready(brief));
                return true;
            }
        }
        if (found.changed() == ChangedPaths.NO_MATCH && !commits.isOwed(key)) {
            skip(
                    asked,
                    found.project(),
                    null,
                    Messages.Intake_noMatch(wish.options().getOnlyIfChanged()));
            return true;
        }
        return false;
    }

    private boolean isTooSoon(Asked asked, Project project, @Nullable CommitBook.Key key, CommitBook.Key ofProject) {
        Integer minutes = asked.wish.options().getMinimumInterval();
        Duration since = minutes == null ? null : commits.sinceLast(ofProject);
        CommitBook.Act last = commits.last(ofProject);
        if (since == null
                || since.compareTo(Duration.ofMinutes(minutes)) >= 0
                || last != null && last.isOf(asked.wish.requestId())) {
            return false;
        }
        owe(key);
        skip(asked, project, null, Messages.Intake_tooSoon(Math.max(0, since.toMinutes()), minutes));
        return true;
    }

    private void owe(@Nullable CommitBook.Key key) {
        if (key != null) {
            commits.owe(key);
        }
    }

    private boolean isServedByActive(Asked asked, Case found, @Nullable CommitBook.Key key) {
        Wish wish = asked.wish;
        Project project = found.project();
        WhenActive when = wish.options().getWhenActive();
        String revision = found.checkout() == null ? null : found.checkout().revision();
        for (Sharing each : desk.active(wish, project)) {
            boolean hasCommit = key != null && revision != null && commits.isFor(key, each.requestId(), revision);
            if (when == WhenActive.SKIP) {
                skipFor(asked, project, each, hasCommit ? null : key);
                return true;
            }
            if (handOver(asked, () -> desk.join(wish, each, project.id()))) {
                if (!hasCommit) {
                    owe(key);
                    if (revision != null) {
                        wish.waiter().line(Messages.Intake_mayLackCommit(revision));
                    }
                }
                return true;
            }
        }
        Prebuild foreign = found.foreign().stream()
                .filter(each -> !desk.isOurs(each.id()))
                .findFirst()
                .orElse(null);
        return foreign != null && isServedByForeign(asked, project, foreign, key);
    }

    /** @param owed by what to book that the commit needs another one, or null if the one under way was made for it */
    private void skipFor(Asked asked, Project project, Sharing active, @Nullable CommitBook.Key owed) {
        String why = Messages.Intake_underWay(active.shownFirstBuild());
        PrebuildResult result = desk.result(active, why);
        Duration waited = Duration.ofNanos(runtime.nanoTime() - asked.since);
        if (result.getId().isEmpty() && !asked.wish.isAutomatic() && waited.compareTo(FOR_ID) < 0) {
            // It is being created; soon it has an id to tell.
            again(asked, LOOK_FOR_ID);
            return;
        }
        owe(owed);
        skip(asked, project, result, why);
    }

    private boolean isServedByForeign(Asked asked, Project project, Prebuild foreign, @Nullable CommitBook.Key key) {
        Wish wish = asked.wish;
        owe(key);
        if (wish.options().getWhenActive() == WhenActive.SKIP) {
            String why = Messages.Intake_foreignUnderWay(foreign.id());
            String url = wish.connection().endpoint().projectPage(project.id()).toString();
            skip(
                    asked,
                    project,
                    PrebuildResult.skipped(
                            foreign.id(), url, foreign.status().phase().name(), why),
                    why);
        } else {
            handOver(asked, () -> {
                wish.waiter().line(Messages.Intake_joinsForeign(foreign.id()));
                desk.joinForeign(wish, project.id(), foreign.id());
                return true;
            });
        }
        return true;
    }

    private void skip(Asked asked, Project project, @Nullable PrebuildResult instead, String why) {
        if (isMine(asked)) {
            String url =
                    asked.wish.connection().endpoint().projectPage(project.id()).toString();
            PrebuildResult result = instead == null ? PrebuildResult.skipped("", url, "", why) : instead;
            end(asked.wish, Conclusion.SKIPPED, project.id(), result, Messages.Intake_skipped(why));
        }
    }
}

package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.scm.ChangeLogSet;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.checkout.BuildCheckouts;
import io.jenkins.plugins.gitpod.checkout.BuildHead;
import io.jenkins.plugins.gitpod.checkout.ChangeLogFile;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Changes;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.JobSource;
import io.jenkins.plugins.gitpod.checkout.PathPatterns;
import io.jenkins.plugins.gitpod.checkout.RunningCheckouts;
import io.jenkins.plugins.gitpod.decision.DecisionInputs;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.record.BuildConsole;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.request.DeferredRequests;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.scm.api.SCMRevision;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;

/**
 * The requests of the job property that are cancelled if the build is aborted. Saved in {@code build.xml}: fields may be
 * added but not renamed.
 */
final class CommitPrebuildsAction extends InvisibleAction {

    private static final Logger LOGGER = Logger.getLogger(CommitPrebuildsAction.class.getName());

    /** Replaced and never changed, because the build may be saved at any time. */
    private volatile List<String> requestIds = new ArrayList<>();

    private Object readResolve() {
        if (requestIds == null) {
            requestIds = new ArrayList<>();
        }
        return this;
    }

    /**
     * Requests a prebuild of the commit that the build of a branch is known to be of before it checks out anything. Does nothing
     * if the request depends on the change log, which is known at the checkout only. Returns at once.
     */
    static void requestAtStart(Run<?, ?> run, PrebuildSetting setting, TaskListener listener) {
        GitpodPrebuildProperty property = setting.property();
        boolean waits = property.getTrigger() == PrebuildTrigger.CHECKOUT || property.needsChanges();
        BuildHead head = waits ? null : BuildHead.of(run);
        if (head == null || head.commit() == null) {
            return;
        }
        Console console = new Console(listener);
        String notABranch = property.isOnlyProjectBranch() ? DecisionInputs.notABranch(head) : null;
        Checkout checkout = notABranch == null ? BuildCheckouts.known(run) : null;
        if (notABranch != null) {
            printOnce(run, console, head.commit(), notABranch);
        } else if (checkout != null && RunningCheckouts.isFirst(run, ofHead(checkout))) {
            submit(run, property, commit(setting, checkout), console);
        }
    }

    /**
     * Requests a prebuild of a commit whose build cannot start yet. It is recorded with the build before. If the abort of a build
     * is to cancel its prebuild, that waits for the start: until then, there is no build whose abort could do so.
     */
    static void requestQueued(Run<?, ?> before, PrebuildSetting setting, SCMRevision revision) {
        GitpodPrebuildProperty property = setting.property();
        boolean waits = property.getTrigger() != PrebuildTrigger.PUSH
                || property.needsChanges()
                || property.isCancelWithBuild();
        BuildHead head = waits || property.isDisabled() ? null : BuildHead.of(before);
        Checkout pushed = head == null || property.isOnlyProjectBranch() && DecisionInputs.notABranch(head) != null
                ? null
                : BuildCheckouts.later(before, revision);
        if (pushed != null && RunningCheckouts.isFirst(before, ofHead(pushed))) {
            NewCommit commit = commit(setting, pushed);
            PrebuildService.get().deferred().ifPresent(requests -> requests.submit(before, property.options(), commit));
        }
    }

    /** Identifies the commit of a branch, which is the same at the start of the build and at the checkout. */
    private static String ofHead(Checkout checkout) {
        return "head " + checkout.revision();
    }

    /** Requests a prebuild of a commit if the checkout counts. Returns at once. */
    static void request(
            Run<?, ?> run, PrebuildSetting setting, CheckedOut found, ChangeLogFile changeLog, TaskListener listener) {
        GitpodPrebuildProperty property = setting.property();
        Console console = new Console(listenerOfBuild(run, listener));
        JobSource source = JobSource.of(run);
        BuildHead head = source.head();
        String notABranch = head == null || !property.isOnlyProjectBranch() ? null : DecisionInputs.notABranch(head);
        if (notABranch != null) {
            printOnce(run, console, found.revision(), notABranch);
            return;
        }
        Checkout checkout = source.toCheckout(found);
        if (!checkout.isOwn() && source.exists()) {
            if (head != null) {
                return; // a tool, or another branch
            } else if (property.getProjectId() == null) {
                if (!setting.isInherited()) {
                    printOnce(
                            run,
                            console,
                            found.revision(),
                            Messages.CommitPrebuildsAction_otherSource(checkout.shownRemotes()));
                }
                return;
            }
        }
        // For a named project, the checkout of the script may not count where that of the build does.
        boolean counts = property.getProjectId() == null ? checkout.isOwn() : checkout.isBuilt();
        if (RunningCheckouts.isFirst(run, head == null ? counts + " " + checkout : ofHead(checkout))) {
            submit(run, property, commit(run, setting, checkout, changeLog), console);
        }
    }

    private static NewCommit commit(PrebuildSetting setting, Checkout checkout) {
        return new NewCommit(
                checkout,
                ChangedPaths.MATCH,
                setting.isInherited(),
                null,
                setting.property().conditions());
    }

    private static NewCommit commit(
            Run<?, ?> run, PrebuildSetting setting, Checkout checkout, ChangeLogFile changeLog) {
        CommitConditions conditions = setting.property().conditions();
        PathPatterns patterns = PathPatterns.of(setting.property().getOnlyIfChanged());
        boolean needPaths = patterns.needProject();
        boolean needChanges = needPaths || conditions.minimumCommits() != null;
        List<ChangeLogSet<?>> log = needChanges || !patterns.isEmpty() ? changeLog.changes(run) : List.of();
        return new NewCommit(
                checkout,
                // Patterns that depend on the project are matched once it is known.
                needPaths ? ChangedPaths.UNKNOWN : ChangedPaths.matching(patterns, log),
                setting.isInherited(),
                needChanges ? Changes.of(log, needPaths) : null,
                conditions);
    }

    private static void printOnce(Run<?, ?> run, Console console, String revision, String reason) {
        if (RunningCheckouts.isFirst(run, reason)) {
            String line = Messages.Decision_skipped(reason);
            console.line(line);
            DecisionLog.addSkipped(run, revision, line);
        }
    }

    private static void submit(Run<?, ?> run, GitpodPrebuildProperty property, NewCommit commit, Console console) {
        UUID requestId = UUID.randomUUID();
        PrebuildTrigger trigger = property.getTrigger();
        // The end of the build drops what waits for its success. The night's request is for earlier commits as well.
        boolean isNow = trigger == PrebuildTrigger.PUSH || trigger == PrebuildTrigger.CHECKOUT;
        if (isNow && property.isCancelWithBuild()) {
            remember(run, requestId);
        }
        try {
            switch (trigger) {
                case PUSH, CHECKOUT ->
                    PrebuildService.get().submitAutomatic(requestId, run, property.options(), commit, console);
                case SUCCESS -> {
                    deferred().untilSuccess(requestId, run, property.options(), commit);
                    console.line(Messages.CommitPrebuildsAction_afterSuccess());
                }
                case NIGHTLY -> {
                    NightlyTime night = NightlyTime.of(run.getParent().getFullName());
                    String reason = deferred()
                            .until(night.next(ZonedDateTime.now()), requestId, run, property.options(), commit);
                    console.line(
                            reason == null
                                    ? Messages.CommitPrebuildsAction_atNight(night.time())
                                    : Messages.Decision_skipped(reason));
                }
            }
        } catch (AbortException e) {
            String line = Messages.CommitPrebuildsAction_none(e.getMessage());
            console.line(line);
            DecisionLog.addSkipped(run, commit.checkout().revision(), line);
        }
    }

    private static DeferredRequests deferred() throws AbortException {
        return PrebuildService.get()
                .deferred()
                .orElseThrow(() -> new AbortException(Messages.PrebuildService_noEngine()));
    }

    /** Makes the requests that wait for the success of a build which has ended, or drops them. */
    static void buildEnded(Run<?, ?> run, TaskListener listener) {
        PrebuildService.get().deferred().ifPresent(deferred -> deferred.buildEnded(run, new Console(listener)));
    }

    /** The listener of the build: that of a pipeline step closes at the end of the step. */
    private static TaskListener listenerOfBuild(Run<?, ?> run, TaskListener listener) {
        try {
            if (run instanceof FlowExecutionOwner.Executable pipeline) {
                FlowExecutionOwner owner = pipeline.asFlowExecutionOwner();
                return owner == null ? listener : owner.getListener();
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "No console of " + run, e);
        }
        return listener;
    }

    private static void remember(Run<?, ?> run, UUID requestId) {
        CommitPrebuildsAction action;
        synchronized (run) {
            action = run.getAction(CommitPrebuildsAction.class);
            if (action == null) {
                action = new CommitPrebuildsAction();
                run.addAction(action);
            }
        }
        synchronized (action) {
            List<String> all = new ArrayList<>(action.requestIds);
            all.add(requestId.toString());
            action.requestIds = all;
        }
    }

    /** Cancels the requests. */
    static void cancel(Run<?, ?> run) {
        CommitPrebuildsAction action = run.getAction(CommitPrebuildsAction.class);
        if (action == null) {
            return;
        }
        List<UUID> requestIds = action.requestIds.stream().map(UUID::fromString).toList();
        PrebuildService.get().owners().ifPresent(owners -> requestIds.forEach(owners::drop));
    }

    /** Prints the lines to the console of the build, as long as it is open. */
    private record Console(TaskListener listener) implements RequestListener {

        @Override
        public boolean isFor(@NonNull UUID requestId) {
            return false;
        }

        @Override
        public void line(@NonNull String line) {
            BuildConsole.println(listener, line);
        }

        @Override
        public void created(@NonNull PrebuildResult result) {
            line(Messages.CommitPrebuildsAction_shown());
        }

        @Override
        public void concluded(@NonNull PrebuildRecord record) {
            String message = record.getMessage();
            if (message != null) {
                line(message);
            }
        }
    }
}

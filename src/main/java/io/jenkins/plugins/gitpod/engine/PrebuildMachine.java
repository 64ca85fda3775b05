package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Effects.Alarm;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Verdict;
import io.jenkins.plugins.gitpod.engine.Update.Doing;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The one state machine of a request. Each public-to-the-package method is an event; what follows from it goes out through
 * {@link Effects}. Not thread-safe: {@link Life} hands it one event at a time.
 *
 * <p>Two promises are kept here and nowhere else. A create goes out only from {@link Stage#CREATING}, after the intent
 * was saved, and never again once it may have reached Gitpod. And a request whose owner left stays alive until the
 * prebuild, if there is one, is surely over.
 */
final class PrebuildMachine {

    private static final Logger LOGGER = Logger.getLogger(PrebuildMachine.class.getName());

    /** Failures in a row after which a suspicious answer (an HTML page, an internal error) is believed. */
    private static final int SUSPECT_TRIES = 5;
    /** A certificate does not mend itself as a network does. */
    private static final int TLS_TRIES = 3;
    /** Saved now and then, so that a restart does not start the limits afresh. */
    private static final Duration SAVE_OBSERVED_EVERY = Duration.ofMinutes(10);

    private final PrebuildRequest request;
    private final EngineSettings settings;
    private final Effects out;

    private Stage stage = Stage.NEW;
    private boolean detached;

    @CheckForNull
    private Instant intentTime;

    @CheckForNull
    private String prebuildId;

    @CheckForNull
    private CancelReason cancelReason;

    private boolean concluded;

    // creating
    private boolean createOut;
    private boolean tokenRefreshed;
    private boolean rateLimitTold;

    @CheckForNull
    private GitpodException refusedToken;

    @CheckForNull
    private GitpodException unclear;

    private final ObservedTime createTrouble = new ObservedTime();
    private final ObservedTime createWaits = new ObservedTime();
    private final Backoff createBackoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(20));

    // looking up
    private final ObservedTime lookingUp = new ObservedTime();
    private final ObservedTime lookUpTrouble = new ObservedTime();
    private final Backoff lookUpBackoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private List<Prebuild> found = List.of();

    // watching
    private PrebuildPhase phase = PrebuildPhase.UNKNOWN;

    @CheckForNull
    private PrebuildPhase toldPhase;

    private final Set<String> toldUnknown = new HashSet<>();
    private ObservedTime observed = new ObservedTime();
    private Duration savedObserved = Duration.ZERO;
    private final ObservedTime sinceKnown = new ObservedTime();
    private final ObservedTime stalled = new ObservedTime();
    private int percentage;
    private final ObservedTime readTrouble = new ObservedTime();
    private int readFailures;
    private boolean troubleTold;

    // cancelling
    private boolean cancelOut;
    private boolean cancelAccepted;
    private final ObservedTime sinceAccepted = new ObservedTime();
    private final ObservedTime cancelTrouble = new ObservedTime();
    private final Backoff cancelBackoff = new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(5));

    PrebuildMachine(PrebuildRequest request, EngineSettings settings, Effects out) {
        this.request = request;
        this.settings = settings;
        this.out = out;
    }

    /** Takes up what a journal kept. A create that may have been sent is looked up, never sent again. */
    PrebuildMachine(SavedRequest saved, EngineSettings settings, Effects out) {
        this(saved.request(), settings, out);
        stage = saved.prebuildId() != null ? Stage.WATCHING : Stage.LOOKING_UP;
        intentTime = saved.intentTime();
        prebuildId = saved.prebuildId();
        detached = saved.detached();
        cancelReason = saved.cancelReason();
        observed = new ObservedTime(saved.observed());
        savedObserved = saved.observed();
    }

    Stage stage() {
        return stage;
    }

    PrebuildRequest request() {
        return request;
    }

    @CheckForNull
    String prebuildId() {
        return prebuildId;
    }

    @CheckForNull
    CancelReason cancelReason() {
        return cancelReason;
    }

    PrebuildPhase phase() {
        return phase;
    }

    boolean isDetached() {
        return detached;
    }

    @CheckForNull
    Instant intentTime() {
        return intentTime;
    }

    SavedRequest saved() {
        return new SavedRequest(
                request,
                stage,
                intentTime == null ? out.now() : intentTime,
                prebuildId,
                detached,
                cancelReason,
                observed.total());
    }

    // ---- events: beginning and token

    void begin() {
        fetchToken();
    }

    void tokenReady(boolean changed) {
        switch (stage) {
            case NEW -> intend();
            case CREATING -> {
                if (changed) {
                    out.tell(new Update.TokenRotated());
                    sendCreate();
                } else if (refusedToken != null) {
                    over(new Outcome.CreateRefused(refusedToken));
                }
            }
            case LOOKING_UP -> {
                if (changed || refusedToken == null) {
                    out.lookUp();
                } else {
                    giveUpLooking(refusedToken);
                }
            }
            case WATCHING -> tokenReadyWhileWatching(changed);
            case ENDED -> {}
        }
    }

    private void tokenReadyWhileWatching(boolean changed) {
        if (changed || refusedToken == null) {
            if (refusedToken != null) {
                out.tell(new Update.TokenRotated());
            }
            refusedToken = null;
            out.watch(prebuildId, request.projectId());
            if (cancelReason != null && !cancelAccepted) {
                sendCancel();
            }
        } else if (cancelReason != null) {
            // Nobody waits, but the prebuild may run: the credential may yet be mended.
            retryCancelLater(refusedToken);
        } else {
            watchLost(refusedToken);
        }
    }

    void tokenMissing(TokenUnavailableException e) {
        switch (stage) {
            case NEW, CREATING -> over(new Outcome.NoToken(null, e));
            case LOOKING_UP, WATCHING -> tokenMissingLater(e);
            case ENDED -> {}
        }
    }

    private void tokenMissingLater(TokenUnavailableException e) {
        readTrouble.look(out.nanoTime());
        boolean passing = e.problem() == TokenUnavailableException.Problem.LOOKUP_FAILED
                || e.problem() == TokenUnavailableException.Problem.NO_ANSWER;
        if (!concluded && passing && !readTrouble.reached(settings.failureBudget())) {
            out.alarmAfter(Alarm.TOKEN, cancelBackoff.next(out.random()));
            return;
        }
        // Nothing can be asked now. The wait is told; a cancel stays, for the credential may come back.
        conclude(new Outcome.NoToken(prebuildId, e));
        cancelTrouble.look(out.nanoTime());
        if (!wantsCancel() || cancelTrouble.reached(settings.cancelPatience())) {
            finish();
        } else {
            leave(CancelReason.WATCH_LOST);
            out.alarmAfter(Alarm.TOKEN, cancelBackoff.next(out.random()));
        }
    }

    private boolean wantsCancel() {
        return cancelReason != null || (request.cancelOnAbort() && !detached);
    }

    private void fetchToken() {
        out.fetchToken();
    }

    // ---- events: create

    private void intend() {
        intentTime = out.now();
        stage = Stage.CREATING;
        try {
            out.save();
        } catch (IOException e) {
            over(new Outcome.NotSaved(e));
            return;
        }
        sendCreate();
    }

    private void sendCreate() {
        createOut = true;
        out.create();
    }

    void created(Prebuild prebuild) {
        createOut = false;
        if (stage != Stage.CREATING) {
            return;
        }
        know(prebuild);
    }

    void createFailed(GitpodException e) {
        createOut = false;
        if (stage != Stage.CREATING) {
            return;
        }
        Verdict verdict = RetryPolicy.create(e);
        if (verdict != Verdict.UNCLEAR && cancelReason != null) {
            over(new Outcome.NotCreated());
            return;
        }
        switch (verdict) {
            case NOT_SENT -> {
                createTrouble.look(out.nanoTime());
                boolean hopeless =
                        e.kind() == GitpodException.Kind.TLS && createBackoff.failures() >= TLS_TRIES - 1;
                if (hopeless || createTrouble.reached(settings.connectBudget())) {
                    over(new Outcome.NotSent(e, createTrouble.total()));
                } else {
                    tellTrouble(Doing.CREATE, e);
                    out.alarmAfter(Alarm.CREATE, createBackoff.next(out.random()));
                }
            }
            case WAIT -> {
                createWaits.look(out.nanoTime());
                if (createWaits.reached(settings.createPatience())) {
                    over(new Outcome.CreateRefused(e));
                    return;
                }
                Duration wait = e.retryAfter().orElse(Duration.ofSeconds(1));
                if (!rateLimitTold) {
                    rateLimitTold = true;
                    out.tell(new Update.RateLimited(wait));
                }
                out.alarmAfter(Alarm.CREATE, spread(wait));
            }
            case REAUTHENTICATE -> {
                if (tokenRefreshed) {
                    over(new Outcome.CreateRefused(e));
                } else {
                    tokenRefreshed = true;
                    refusedToken = e;
                    fetchToken();
                }
            }
            case UNCLEAR -> {
                stage = Stage.LOOKING_UP;
                unclear = e;
                saveOrWarn();
                out.tell(new Update.LookingUp());
                out.alarmAfter(Alarm.LOOK_UP, lookUpBackoff.next(out.random()));
            }
            default -> over(new Outcome.CreateRefused(e));
        }
    }

    /** Whether the read lag is over, so that what is not to be seen by now was not made. */
    boolean readLagOver() {
        return lookingUp.reached(settings.readLag());
    }

    // ---- events: look-up of a create whose answer was lost

    /**
     * @param prebuild the prebuild that is surely ours, or null
     * @param candidates what might be ours
     * @param held whether another create, still unanswered, may yet explain the candidates
     */
    void lookedUp(@Nullable Prebuild prebuild, List<Prebuild> candidates, boolean held) {
        if (stage != Stage.LOOKING_UP) {
            return;
        }
        lookUpTrouble.reset();
        refusedToken = null;
        if (prebuild != null) {
            know(prebuild);
            return;
        }
        found = List.copyOf(candidates);
        lookingUp.look(out.nanoTime());
        if (lookingUp.reached(settings.readLag()) && !held) {
            giveUpLooking(null);
        } else {
            out.alarmAfter(Alarm.LOOK_UP, lookUpBackoff.next(out.random()));
        }
    }

    void lookUpFailed(GitpodException e) {
        if (stage != Stage.LOOKING_UP) {
            return;
        }
        long now = out.nanoTime();
        lookUpTrouble.look(now);
        switch (RetryPolicy.read(e)) {
            case REAUTHENTICATE -> {
                refusedToken = e;
                fetchToken();
            }
            case WAIT -> out.alarmAfter(Alarm.LOOK_UP, spread(e.retryAfter().orElse(Duration.ofSeconds(1))));
            case TRANSIENT -> retryLookUp(e, settings.failureBudget());
            case SUSPECT -> retryLookUp(e, settings.readLag());
            default -> giveUpLooking(e);
        }
    }

    private void retryLookUp(GitpodException e, Duration budget) {
        if (lookUpTrouble.reached(budget)) {
            giveUpLooking(e);
        } else {
            tellTrouble(Doing.LOOK_UP, e);
            out.alarmAfter(Alarm.LOOK_UP, lookUpBackoff.next(out.random()));
        }
    }

    /** Tells the build, then goes on looking for a while: what turns up late is surely unwanted. */
    private void giveUpLooking(@Nullable GitpodException lookUpFailure) {
        conclude(new Outcome.CreateUnclear(
                unclear, lookUpFailure, found, request.connection().sharedAccount()));
        lookingUp.look(out.nanoTime());
        boolean pointless = request.connection().sharedAccount() || !wantsCancel();
        if (pointless || lookingUp.reached(settings.readLag().plus(settings.lateLook()))) {
            if (!found.isEmpty()) {
                LOGGER.log(Level.WARNING, "Cannot tell which of {0} prebuilds of project {1} a lost request made", new Object[] {
                    found.size(), request.projectId()
                });
            }
            finish();
            return;
        }
        leave(CancelReason.FOUND_TOO_LATE);
        lookUpTrouble.reset();
        out.alarmAfter(Alarm.LOOK_UP, spread(Duration.ofSeconds(60)));
    }

    // ---- events: the prebuild is known

    private void know(Prebuild prebuild) {
        prebuildId = prebuild.id();
        stage = Stage.WATCHING;
        if (request.detached()) {
            detached = true;
        }
        saveOrWarn();
        endTrouble();
        out.tell(new Update.Created(prebuild));
        sinceKnown.look(out.nanoTime());
        if (cancelReason != null) {
            sendCancel();
        }
        read(prebuild);
        if (stage != Stage.ENDED) {
            out.watch(prebuildId, request.projectId());
        }
    }

    void read(Prebuild prebuild) {
        if (stage != Stage.WATCHING) {
            return;
        }
        long now = out.nanoTime();
        endTrouble();
        readTrouble.reset();
        readFailures = 0;
        refusedToken = null;
        observed.look(now);
        sinceKnown.look(now);
        phase = prebuild.status().phase();
        if (phase == PrebuildPhase.UNKNOWN) {
            String raw = prebuild.status().rawPhase();
            if (toldUnknown.add(raw) && !raw.isEmpty()) {
                out.tell(new Update.UnknownPhase(prebuild.id(), raw));
            }
        } else if (phase != toldPhase) {
            toldPhase = phase;
            out.tell(new Update.PhaseChanged(prebuild));
        }
        if (phase.isEnd()) {
            over(new Outcome.Ended(prebuild, cancelReason));
        } else if (cancelReason != null) {
            cancelStillWanted(now);
        } else {
            checkLimits(prebuild, now);
        }
    }

    private void cancelStillWanted(long now) {
        if (!cancelAccepted || phase == PrebuildPhase.CANCELLING) {
            return;
        }
        sinceAccepted.look(now);
        if (sinceAccepted.reached(settings.cancelRecheck())) {
            cancelAccepted = false;
            sendCancel();
        }
    }

    private void checkLimits(Prebuild prebuild, long now) {
        Duration timeout = request.timeout() != null ? request.timeout() : settings.defaultTimeout();
        Duration allowed = timeout.plus(settings.snapshotAllowance());
        int nowPercent = prebuild.status().snapshotCompletionPercentage();
        if (phase != PrebuildPhase.SNAPSHOTTING || nowPercent != percentage) {
            stalled.reset();
            percentage = nowPercent;
        }
        stalled.look(now);
        if (observed.reached(allowed)) {
            overLimit(CancelReason.OVER_TIME, allowed);
        } else if (phase == PrebuildPhase.SNAPSHOTTING && stalled.reached(settings.snapshotStall())) {
            overLimit(CancelReason.SNAPSHOT_STALLED, settings.snapshotStall());
        } else if (observed.total().minus(savedObserved).compareTo(SAVE_OBSERVED_EVERY) >= 0) {
            saveOrWarn();
        }
    }

    private void overLimit(CancelReason limit, Duration allowed) {
        boolean cancel = wantsCancel();
        conclude(new Outcome.OverLimit(prebuildId, limit, allowed, cancel));
        if (cancel) {
            requestCancel(limit);
        } else {
            finish();
        }
    }

    void readFailed(GitpodException e) {
        if (stage != Stage.WATCHING) {
            return;
        }
        long now = out.nanoTime();
        readTrouble.look(now);
        sinceKnown.look(now);
        readFailures++;
        boolean lost;
        switch (RetryPolicy.read(e)) {
            case WAIT -> lost = false;
            case TRANSIENT, NOT_SENT, UNCLEAR -> lost = readTrouble.reached(settings.failureBudget());
            case SUSPECT -> lost = readFailures >= SUSPECT_TRIES && readTrouble.reached(settings.readLag());
            case NOT_FOUND -> {
                if (sinceKnown.reached(settings.readLag())) {
                    over(new Outcome.Gone(prebuildId));
                }
                return;
            }
            case REAUTHENTICATE -> {
                out.unwatch();
                refusedToken = e;
                fetchToken();
                return;
            }
            default -> lost = true;
        }
        if (!lost) {
            tellTrouble(Doing.WATCH, e);
        } else if (cancelReason == null) {
            watchLost(e);
        } else {
            giveUpIfHopeless(now);
        }
    }

    private void watchLost(GitpodException e) {
        boolean cancel = wantsCancel();
        conclude(new Outcome.WatchLost(prebuildId, phase, e, readTrouble.total(), cancel));
        if (cancel) {
            refusedToken = null;
            out.watch(prebuildId, request.projectId());
            requestCancel(CancelReason.WATCH_LOST);
        } else {
            finish();
        }
    }

    // ---- events: cancel

    /** The one who waited left early. Comes any number of times. */
    void ownerLeft(CancelReason reason) {
        if (stage == Stage.ENDED) {
            return;
        }
        if (!request.cancelOnAbort() && cancelReason == null) {
            if (stage == Stage.NEW) {
                over(new Outcome.NotCreated());
            } else if (!detached) {
                detached = true;
                saveOrWarn();
                conclude(new Outcome.LeftRunning(prebuildId));
            }
            return;
        }
        requestCancel(reason);
    }

    /** Cancels, whoever waits. Comes any number of times. */
    void requestCancel(CancelReason reason) {
        if (cancelReason != null || stage == Stage.ENDED) {
            return;
        }
        switch (stage) {
            case NEW -> over(new Outcome.NotCreated());
            case CREATING -> {
                if (!createOut || out.withdrawCreate()) {
                    over(new Outcome.NotCreated());
                } else {
                    leave(reason);
                }
            }
            case LOOKING_UP -> leave(reason);
            default -> {
                leave(reason);
                sendCancel();
            }
        }
    }

    private void leave(CancelReason reason) {
        if (cancelReason == null) {
            cancelReason = reason;
            saveOrWarn();
        }
    }

    private void sendCancel() {
        if (cancelOut) {
            return;
        }
        cancelOut = true;
        if (!concluded) {
            out.tell(new Update.Cancelling(prebuildId, cancelReason));
        }
        out.cancel(prebuildId);
    }

    void cancelAnswered(Prebuild prebuild) {
        cancelOut = false;
        if (stage != Stage.WATCHING) {
            return;
        }
        accepted();
        read(prebuild);
    }

    private void accepted() {
        cancelAccepted = true;
        cancelTrouble.reset();
        cancelBackoff.reset();
        sinceAccepted.reset();
        sinceAccepted.look(out.nanoTime());
        conclude(new Outcome.CancelAccepted(prebuildId, cancelReason));
    }

    void cancelFailed(GitpodException e) {
        cancelOut = false;
        if (stage != Stage.WATCHING) {
            return;
        }
        sinceKnown.look(out.nanoTime());
        switch (RetryPolicy.cancel(e)) {
            case ALREADY_OVER -> accepted();
            case NOT_FOUND -> {
                if (sinceKnown.reached(settings.readLag())) {
                    over(new Outcome.Gone(prebuildId));
                } else {
                    retryCancelLater(e);
                }
            }
            case WAIT -> out.alarmAfter(Alarm.CANCEL, spread(e.retryAfter().orElse(Duration.ofSeconds(1))));
            case REAUTHENTICATE -> {
                refusedToken = e;
                fetchToken();
            }
            default -> retryCancelLater(e);
        }
    }

    /** The cancel could not go out, for there is no token yet. */
    void cancelNotSent() {
        cancelOut = false;
    }

    private void retryCancelLater(GitpodException e) {
        long now = out.nanoTime();
        cancelTrouble.look(now);
        if (cancelTrouble.reached(settings.cancelPatience())) {
            giveUpIfHopeless(now);
            return;
        }
        tellTrouble(Doing.CANCEL, e);
        out.alarmAfter(Alarm.CANCEL, cancelBackoff.next(out.random()));
    }

    private void giveUpIfHopeless(long now) {
        cancelTrouble.look(now);
        if (cancelTrouble.reached(settings.cancelPatience())) {
            LOGGER.log(
                    Level.WARNING,
                    "Gave up cancelling Gitpod prebuild {0} of project {1} after {2} hours; check it in Gitpod",
                    new Object[] {
                        prebuildId, request.projectId(), settings.cancelPatience().toHours()
                    });
            finish();
        }
    }

    // ---- events: timers

    void alarm(Alarm alarm) {
        switch (alarm) {
            case CREATE -> {
                if (stage == Stage.CREATING && !createOut) {
                    sendCreate();
                }
            }
            case LOOK_UP -> {
                if (stage == Stage.LOOKING_UP) {
                    out.lookUp();
                }
            }
            case CANCEL -> {
                if (stage == Stage.WATCHING && !cancelAccepted) {
                    if (refusedToken != null) {
                        fetchToken();
                    } else {
                        sendCancel();
                    }
                }
            }
            case TOKEN -> {
                if (stage != Stage.ENDED) {
                    fetchToken();
                }
            }
        }
    }

    // ---- ends

    private void conclude(Outcome outcome) {
        if (!concluded) {
            concluded = true;
            out.conclude(outcome);
        }
    }

    private void over(Outcome outcome) {
        conclude(outcome);
        finish();
    }

    private void finish() {
        if (stage != Stage.ENDED) {
            stage = Stage.ENDED;
            out.unwatch();
            out.finish();
        }
    }

    // ---- helpers

    private void tellTrouble(Doing doing, GitpodException e) {
        if (!troubleTold) {
            troubleTold = true;
            out.tell(new Update.Trouble(doing, e));
        }
    }

    private void endTrouble() {
        createTrouble.reset();
        if (troubleTold) {
            troubleTold = false;
            out.tell(new Update.Recovered());
        }
    }

    private Duration spread(Duration wait) {
        return wait.plusMillis((long) (1 + wait.toMillis() * 0.2 * out.random()));
    }

    /** For states that the next look at Gitpod would bring back: a full disk must not stop the wait. */
    private void saveOrWarn() {
        savedObserved = observed.total();
        try {
            out.save();
        } catch (IOException e) {
            LOGGER.log(
                    Level.WARNING,
                    "Could not save the state of Gitpod prebuild " + prebuildId + "; a crash now would lose it",
                    e);
        }
    }
}

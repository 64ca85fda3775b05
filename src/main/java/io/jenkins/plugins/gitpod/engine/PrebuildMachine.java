package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Effects.Alarm;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Verdict;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import io.jenkins.plugins.gitpod.engine.Update.Doing;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The one state machine of a request. Each public-to-the-package method is an event; what follows from it goes out through
 * {@link Effects}. Not thread-safe: {@link Life} hands it one event at a time.
 *
 * <p>Three promises are kept here and nowhere else. A create goes out only after its intent was saved. One that may have
 * reached Gitpod is looked for through a whole read lag before another one follows, a few times and only while somebody
 * waits; once a prebuild is known, all others that may have been made are handed over to be looked for and cancelled. And
 * a request whose owner left stays alive until the prebuild, if there is one, is surely over.
 */
final class PrebuildMachine {

    private static final Logger LOGGER = Logger.getLogger(PrebuildMachine.class.getName());

    /** Failures in a row after which a suspicious answer (an HTML page, an internal error) is believed. */
    private static final int SUSPECT_TRIES = 5;
    /** A certificate does not mend itself as a network does. */
    private static final int TLS_TRIES = 3;
    /** New tokens in a row that are tried at once: some stores make up another one for each look. */
    private static final int MOST_NEW_TOKENS = 2;
    /** Reading fails so often in a row before it is worth a word. */
    private static final int QUIET_FAILURES = 1;
    /** Whatever a server asks for, a running prebuild's cancel is tried this often. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    private final PrebuildRequest request;
    private final EngineSettings settings;
    private final Effects out;
    private final News news;
    private final OwnLimits limits;
    private final Sends sends;
    private final StatusVersion versions;

    /** The request whose surplus this one looks for, or null if somebody asked for it. */
    @CheckForNull
    private final UUID surplusOf;

    private Stage stage = Stage.NEW;
    private boolean detached;

    @CheckForNull
    private Instant intentTime;

    @CheckForNull
    private String prebuildId;

    @CheckForNull
    private CancelReason cancelReason;

    private boolean concluded;

    // token
    private boolean tokenKnown;
    private int newTokens;

    @CheckForNull
    private GitpodException refusedToken;

    private final ObservedTime tokenTrouble = new ObservedTime();
    private final Backoff tokenBackoff = new Backoff(Duration.ofSeconds(2), LONGEST_WAIT);

    // creating
    private boolean createOut;
    private boolean nobodyWaits;
    private int createRefusals;

    @CheckForNull
    private GitpodException unclear;

    private final ObservedTime createTrouble = new ObservedTime();
    private final ObservedTime createWaits = new ObservedTime();
    private final Backoff createBackoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(20));

    // looking up
    private boolean sendingAgain;
    private boolean sendAgainDue;
    private boolean surplusTold;
    private boolean lookUpOut;
    private boolean lookUpAfterLag;
    private final ObservedTime unclearFor = new ObservedTime();
    private final ObservedTime ownerAway = new ObservedTime();
    private int lookUpFailures;
    private final ObservedTime lookingUp = new ObservedTime();
    private final ObservedTime lookUpTrouble = new ObservedTime();
    private final Backoff lookUpBackoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private List<Prebuild> found = List.of();

    // watching
    private PrebuildPhase phase = PrebuildPhase.UNKNOWN;
    private Duration savedObserved = Duration.ZERO;
    private final ObservedTime missing = new ObservedTime();
    private boolean readsMiss;
    private final ObservedTime readTrouble = new ObservedTime();
    private int readFailures;

    // cancelling
    private boolean cancelOut;
    private boolean cancelAlarm;
    private boolean cancelAccepted;
    private final ObservedTime sinceAccepted = new ObservedTime();
    private final ObservedTime cancelTrouble = new ObservedTime();
    private final Backoff cancelBackoff = new Backoff(Duration.ofSeconds(2), LONGEST_WAIT);

    PrebuildMachine(PrebuildRequest request, EngineSettings settings, Effects out) {
        this(request, settings, out, Duration.ZERO, List.of(), null);
    }

    /** Takes up what a journal kept. A create that may have been sent is looked up before another one follows. */
    PrebuildMachine(SavedRequest saved, EngineSettings settings, Effects out) {
        this(saved.request(), settings, out, saved.observed(), saved.sends(), saved.surplusOf());
        stage = saved.prebuildId() != null ? Stage.WATCHING : Stage.LOOKING_UP;
        intentTime = saved.intentTime();
        prebuildId = saved.prebuildId();
        detached = saved.detached();
        cancelReason = saved.cancelReason();
        savedObserved = saved.observed();
        if (surplusOf != null) {
            // Nobody waits for a word on this one.
            concluded = true;
            news.end();
        }
    }

    private PrebuildMachine(
            PrebuildRequest request,
            EngineSettings settings,
            Effects out,
            Duration observed,
            List<SentCreate> sends,
            @Nullable UUID surplusOf) {
        this.request = request;
        this.settings = settings;
        this.out = out;
        this.news = new News(out);
        this.limits = new OwnLimits(request, settings, observed);
        this.sends = new Sends(sends);
        this.versions = new StatusVersion(settings.failureBudget());
        this.surplusOf = surplusOf;
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

    @CheckForNull
    UUID surplusOf() {
        return surplusOf;
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
                limits.observed(),
                sends.open(),
                surplusOf);
    }

    // ---- events: beginning and token

    void begin() {
        if (stage == Stage.WATCHING && surplusOf == null) {
            // A crash may have come before these were handed over.
            handOver(sends.giveAway(0), request);
        }
        out.fetchToken();
    }

    /** Another request has found a surplus prebuild, or cannot tell: whoever waits hears of it, else the log. */
    void surplus(Update update) {
        if (concluded) {
            SurplusLog.log(update, request);
        } else {
            news.tell(update);
        }
    }

    /** @param changed whether it is another one than before */
    void tokenReady(boolean changed) {
        tokenKnown = true;
        tokenTrouble.reset();
        tokenBackoff.reset();
        GitpodException refused = refusedToken;
        refusedToken = null;
        if (refused != null && (!changed || newTokens == MOST_NEW_TOKENS)) {
            newTokens = 0;
            tokenRefusedForGood(refused);
            return;
        }
        if (refused != null) {
            newTokens++;
            news.tell(new Update.TokenRotated());
        }
        switch (stage) {
            case NEW -> intend();
            case CREATING -> resendCreate();
            case LOOKING_UP -> {
                if (sendingAgain) {
                    resendCreate();
                } else {
                    lookUp();
                }
            }
            case WATCHING -> {
                out.watch(prebuildId, request.projectId());
                if (cancelReason != null && !cancelAccepted) {
                    sendCancel();
                }
            }
            case ENDED -> {}
        }
    }

    private void tokenRefusedForGood(GitpodException refused) {
        switch (stage) {
            case NEW, CREATING -> over(new Outcome.CreateRefused(refused));
            case LOOKING_UP -> {
                stopSending();
                giveUpLooking(refused);
            }
            case WATCHING -> {
                if (cancelReason == null) {
                    watchLost(refused);
                } else {
                    // Nobody waits, but the prebuild may run: the credential may yet be mended.
                    cancelAccepted = false;
                    retryCancelLater(refused, cancelBackoff.next(out.random()));
                }
            }
            case ENDED -> {}
        }
    }

    /** The token in use was refused: perhaps there is another one by now. */
    private void reauthenticate(GitpodException e) {
        refusedToken = e;
        out.fetchToken();
    }

    void tokenMissing(TokenUnavailableException e) {
        if (stage == Stage.ENDED) {
            return;
        }
        boolean nothingMade = stage == Stage.NEW || stage == Stage.CREATING;
        tokenTrouble.look(out.nanoTime());
        boolean passing = e.problem() == Problem.LOOKUP_FAILED || e.problem() == Problem.NO_ANSWER;
        Duration budget = nothingMade ? settings.connectBudget() : settings.failureBudget();
        if (passing && !concluded && !tokenTrouble.reached(budget)) {
            fetchTokenLater();
            return;
        }
        if (nothingMade) {
            over(new Outcome.NoToken(null, e));
            return;
        }
        stopSending();
        // Nothing can be asked now. The wait is told; a cancel stays, for the credential may come back.
        conclude(new Outcome.NoToken(prebuildId, e));
        if (!wantsCancel() || tokenTrouble.reached(settings.cancelPatience())) {
            finishUnsure();
        } else {
            leave(CancelReason.WATCH_LOST);
            fetchTokenLater();
        }
    }

    private void fetchTokenLater() {
        Duration wait = tokenBackoff.next(out.random());
        tokenTrouble.next(wait);
        out.alarmAfter(Alarm.TOKEN, wait);
    }

    private boolean wantsCancel() {
        return cancelReason != null || (request.cancelOnAbort() && !detached);
    }

    // ---- events: create

    private void intend() {
        intentTime = out.now();
        sends.add(intentTime, out.serverTime());
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
        out.create(sends.latest());
    }

    /** Sends a create that surely did nothing once more. The time of the intent moves along: nothing older is ours. */
    private void resendCreate() {
        if (!createOut) {
            Instant now = out.now();
            intentTime = sendingAgain ? intentTime : now;
            sends.repeat(now, out.serverTime());
            saveOrWarn();
            sendCreate();
        }
    }

    private boolean isCreating() {
        return stage == Stage.CREATING || sendingAgain;
    }

    void created(Prebuild prebuild) {
        createOut = false;
        if (isCreating()) {
            newTokens = 0;
            know(prebuild, sends.latest());
        } else if (!prebuild.id().equals(prebuildId)) {
            out.cancelSurplus(prebuild, surplusRequest(prebuild));
        }
    }

    void createFailed(GitpodException e) {
        boolean wasOut = createOut;
        createOut = false;
        Verdict verdict = RetryPolicy.create(e);
        if (!isCreating()) {
            if (wasOut && verdict == Verdict.UNCLEAR) {
                handOver(sends.last(), request); // unless that is done
            }
            return;
        }
        if (verdict == Verdict.UNCLEAR) {
            sendingAgain = false;
            stage = Stage.LOOKING_UP;
            unclear = e;
            saveOrWarn();
            news.lookingUp();
            lookUpLater(lookUpBackoff.next(out.random()));
        } else if (cancelReason != null || nobodyWaits) {
            if (sendingAgain) {
                stopSending();
                lookUpLater(nextLookUp());
            } else {
                over(new Outcome.NotCreated());
            }
        } else {
            createRefused(verdict, e);
        }
    }

    private void createRefused(Verdict verdict, GitpodException e) {
        switch (verdict) {
            case NOT_SENT -> {
                createTrouble.look(out.nanoTime());
                boolean hopeless = e.kind() == GitpodException.Kind.TLS && createBackoff.failures() >= TLS_TRIES - 1;
                if (hopeless || createTrouble.reached(settings.connectBudget())) {
                    if (sendingAgain) {
                        stopSending();
                        giveUpLooking(null);
                    } else {
                        over(new Outcome.NotSent(e, createTrouble.total()));
                    }
                    return;
                }
                news.trouble(Doing.CREATE, e);
                Duration wait = createBackoff.next(out.random());
                createTrouble.next(wait);
                out.alarmAfter(Alarm.CREATE, wait);
            }
            case WAIT -> {
                createTrouble.reset();
                createWaits.look(out.nanoTime());
                Duration asked = askedWait(e);
                if (createWaits.total().plus(asked).compareTo(settings.createPatience()) > 0) {
                    refused(e);
                    return;
                }
                news.rateLimited(new Update.RateLimited(asked));
                createRefusals++;
                Duration wait = spread(asked, createRefusals);
                createWaits.next(wait);
                out.alarmAfter(Alarm.CREATE, wait);
            }
            case REAUTHENTICATE -> reauthenticate(e);
            default -> refused(e);
        }
    }

    private void refused(GitpodException e) {
        Outcome refused = new Outcome.CreateRefused(e);
        if (sendingAgain) {
            stopSending();
            conclude(refused);
            lookLate(null);
        } else {
            over(refused);
        }
    }

    // ---- events: look-up of a create whose answer was lost

    /** Whether the read lag is over, so that what is not to be seen by now was not made. */
    boolean readLagOver() {
        return lookingUp.reached(settings.readLag());
    }

    private void lookUp() {
        if (!lookUpOut && !sendingAgain) {
            lookUpOut = true;
            news.lookingUp();
            lookUpAfterLag = readLagOver();
            out.lookUp();
        }
    }

    private void lookUpLater(Duration wait) {
        lookingUp.next(wait);
        lookUpTrouble.next(wait);
        out.alarmAfter(Alarm.LOOK_UP, wait);
    }

    /**
     * @param candidates what might be ours, none of it surely
     * @param held whether another create, still unanswered, may yet explain the candidates
     */
    void lookedUp(List<Prebuild> candidates, boolean held) {
        lookUpOut = false;
        if (stage != Stage.LOOKING_UP) {
            return;
        }
        lookUpTrouble.reset();
        lookUpFailures = 0;
        newTokens = 0;
        news.recovered();
        found = List.copyOf(candidates);
        lookingUp.look(out.nanoTime());
        unclearFor.look(out.nanoTime());
        boolean holdOver = !held || lookingUp.reached(settings.failureBudget());
        if (lookUpAfterLag && holdOver) {
            notFound();
        } else if (readLagOver() && !lookUpAfterLag) {
            lookUpLater(SHORTEST_WAIT); // one more look, which may conclude from what is not there
        } else if (surplusOf == null && !readLagOver()) {
            Duration left = settings.readLag().minus(lookingUp.total());
            lookUpLater(min(nextLookUp(), left.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : left));
        } else {
            lookUpLater(nextLookUp());
        }
    }

    /** What is not to be seen after the read lag was not made, or nobody can tell which one it is. */
    private void notFound() {
        boolean wanted = !concluded && cancelReason == null && !nobodyWaits;
        boolean may = sends.mayRepeat()
                && !request.connection().sharedAccount()
                && !unclearFor.reached(settings.createPatience());
        if (!wanted || !may) {
            giveUpLooking(null);
        } else if (!request.detached() && !out.isOwnerThere()) {
            // It comes back, or is found to be gone.
            ownerAway.look(out.nanoTime());
            if (ownerAway.reached(settings.lateLook())) {
                giveUpLooking(null);
            } else {
                lookUpLater(spread(settings.readLag(), 1));
            }
        } else if (sendAgainDue) {
            sendAgain();
        } else {
            sendAgainDue = true;
            lookUpLater(sends.waitBeforeNext(settings.readLag()));
        }
    }

    private void sendAgain() {
        sendAgainDue = false;
        sends.add(out.now(), out.serverTime());
        sendingAgain = true;
        try {
            out.save();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save that a Gitpod prebuild is asked for again, so it is not", e);
            stopSending();
            giveUpLooking(null);
            return;
        }
        news.tell(new Update.SendingAgain(sends.sent() - 1, Sends.MOST_AGAIN, found));
        createTrouble.reset();
        createBackoff.reset();
        lookingUp.reset();
        lookUpBackoff.reset();
        sendCreate();
    }

    /** The create that was to be sent again surely did nothing, and is not sent. */
    private void stopSending() {
        if (sendingAgain) {
            sendingAgain = false;
            sends.latestDidNothing();
            saveOrWarn();
        }
    }

    /** Another look-up has just decided about this request too: its word is on the way. */
    void lookUpOvertaken() {
        lookUpOut = false;
        if (stage == Stage.LOOKING_UP) {
            lookUpLater(lookUpBackoff.next(out.random()));
        }
    }

    /** This prebuild is surely ours, by the latest create. */
    void found(Prebuild prebuild) {
        found(Map.of(sends.latest(), prebuild));
    }

    /**
     * These prebuilds are surely ours: the first one serves, the others are surplus.
     *
     * @param made what was made, by the number of the create that made it
     */
    void found(Map<Integer, Prebuild> made) {
        lookUpOut = false;
        Map.Entry<Integer, Prebuild> own = null;
        if (stage == Stage.LOOKING_UP) {
            newTokens = 0;
            own = made.entrySet().iterator().next();
            if (sendingAgain && (!createOut || out.withdrawCreate())) {
                createOut = false;
                sends.latestDidNothing();
            }
        }
        for (Map.Entry<Integer, Prebuild> one : made.entrySet()) {
            Prebuild prebuild = one.getValue();
            if (!one.equals(own) && !prebuild.id().equals(prebuildId)) {
                sends.forget(one.getKey());
                out.cancelSurplus(prebuild, surplusRequest(prebuild));
            }
        }
        if (own != null) {
            know(own.getValue(), own.getKey());
        }
    }

    /** The create that this one looks after was answered: nothing was made. */
    void nothingMade() {
        if (stage == Stage.LOOKING_UP && surplusOf != null) {
            finish();
        }
    }

    void lookUpFailed(GitpodException e) {
        lookUpOut = false;
        if (stage != Stage.LOOKING_UP) {
            return;
        }
        // Only what was seen counts for the read lag and for the late look.
        lookingUp.pause();
        lookUpTrouble.look(out.nanoTime());
        lookUpFailures++;
        switch (RetryPolicy.read(e)) {
            case REAUTHENTICATE -> reauthenticate(e);
            case WAIT -> lookUpAgain(e, lookUpTrouble.reached(settings.createPatience()), spread(askedWait(e), 1));
            case TRANSIENT -> lookUpAgain(e, lookUpTrouble.reached(settings.failureBudget()), nextLookUp());
            case SUSPECT -> lookUpAgain(e, isSuspectForLong(lookUpFailures, lookUpTrouble), nextLookUp());
            default -> giveUpLooking(e);
        }
    }

    /** The token was refused, but there is another one by now. */
    void lookUpWithOldToken() {
        lookUpOut = false;
        if (stage == Stage.LOOKING_UP) {
            lookUp();
        }
    }

    private Duration nextLookUp() {
        // A whole read lag was waited through before a request like this one was made.
        return surplusOf == null ? lookUpBackoff.next(out.random()) : lateLookUp();
    }

    private Duration lateLookUp() {
        return spread(settings.readLag().multipliedBy(2), 1);
    }

    private void lookUpAgain(GitpodException e, boolean hopeless, Duration wait) {
        if (hopeless || concluded) {
            giveUpLooking(e);
        } else {
            news.trouble(Doing.LOOK_UP, e);
            lookUpLater(wait);
        }
    }

    /** Tells the build, then goes on looking for a while: what turns up late is surely unwanted. */
    private void giveUpLooking(@Nullable GitpodException lookUpFailure) {
        conclude(new Outcome.CreateUnclear(
                unclear, lookUpFailure, found, request.connection().sharedAccount(), sends.sent()));
        lookLate(lookUpFailure);
    }

    private void lookLate(@Nullable GitpodException lookUpFailure) {
        boolean pointless = request.connection().sharedAccount();
        boolean longEnough = lookUpFailure == null
                ? lookingUp.reached(settings.readLag().plus(settings.lateLook()))
                : lookUpTrouble.reached(settings.cancelPatience());
        if (surplusOf != null && lookUpFailure == null && !found.isEmpty() && !surplusTold) {
            surplusTold = true;
            out.tellSurplus(new Update.SurplusUnsure(found));
        }
        if (pointless || longEnough) {
            if (!found.isEmpty()) {
                LOGGER.log(
                        Level.WARNING,
                        "Cannot tell which of {0} prebuilds of project {1} a lost request made",
                        new Object[] {found.size(), request.projectId()});
            }
            finish();
            return;
        }
        if (wantsCancel()) {
            leave(CancelReason.FOUND_TOO_LATE);
        }
        lookUpLater(lookUpFailure == null ? lateLookUp() : spread(LONGEST_WAIT, 1));
    }

    // ---- events: the prebuild is known

    /** @param number which create made it */
    private void know(Prebuild prebuild, int number) {
        prebuildId = prebuild.id();
        stage = Stage.WATCHING;
        sendingAgain = false;
        if (request.detached()) {
            detached = true;
        }
        List<SentCreate> others = sends.othersThan(number);
        if (others.isEmpty()) {
            sends.giveAway(number);
            saveOrWarn();
        } else {
            // First the prebuild, so that a crash in between finds what is to be handed over, and what not.
            sends.forget(number);
            saveOrWarn();
            handOver(sends.giveAway(number), surplusRequest(prebuild));
            saveOrWarn();
        }
        if (surplusOf != null) {
            out.tellSurplus(new Update.SurplusCancelled(prebuild.id()));
        }
        news.recovered();
        news.tell(new Update.Created(prebuild));
        if (!prebuild.status().phase().isEnd()) {
            out.watch(prebuildId, request.projectId());
        }
        read(prebuild);
    }

    /** What was made besides the known one is looked for by requests of its own, and cancelled. */
    private void handOver(List<SentCreate> others, PrebuildRequest to) {
        if (!request.connection().sharedAccount()) {
            others.forEach(other -> out.handOver(other, to));
        }
    }

    /** What nobody wants of this request: alike in all that Gitpod says of the prebuild that is wanted. */
    private PrebuildRequest surplusRequest(Prebuild known) {
        String classId = request.environmentClassId();
        Duration timeout = request.timeout();
        return new PrebuildRequest(
                request.requestId(),
                request.connection(),
                request.projectId(),
                classId != null ? classId : known.metadata().environmentClassId(),
                timeout != null ? timeout : known.spec().timeout(),
                false,
                true);
    }

    void read(Prebuild prebuild) {
        if (stage != Stage.WATCHING) {
            return;
        }
        long now = out.nanoTime();
        news.recovered();
        readTrouble.reset();
        readFailures = 0;
        missing.reset();
        readsMiss = false;
        newTokens = 0;
        OwnLimits.Reached reached = null;
        if (!versions.isOld(prebuild, now)) {
            phase = prebuild.status().phase();
            news.phase(prebuild);
            reached = limits.look(prebuild, now);
        }
        if (phase.isEnd()) {
            over(new Outcome.Ended(prebuild, cancelReason));
        } else if (cancelReason != null) {
            pursueCancel(now);
        } else if (reached != null) {
            overLimit(reached);
        } else if (limits.observed().minus(savedObserved).compareTo(SavedRequest.OBSERVED_EVERY) >= 0) {
            saveOrWarn();
        }
    }

    /** Sees to it that a cancel which is wanted is either on its way or was taken a moment ago. */
    private void pursueCancel(long now) {
        if (cancelAccepted) {
            if (phase == PrebuildPhase.CANCELLING) {
                return;
            }
            sinceAccepted.look(now);
            if (!sinceAccepted.reached(settings.cancelRecheck())) {
                return;
            }
            cancelAccepted = false;
        }
        if (!cancelAlarm && refusedToken == null) {
            sendCancel();
        }
    }

    private String knownId() {
        return Objects.requireNonNull(prebuildId, "prebuildId");
    }

    private void overLimit(OwnLimits.Reached reached) {
        boolean cancel = request.cancelOnAbort();
        conclude(new Outcome.OverLimit(knownId(), reached.limit(), reached.allowed(), cancel));
        if (cancel) {
            requestCancel(reached.limit());
        } else {
            finish();
        }
    }

    void readFailed(GitpodException e) {
        if (stage != Stage.WATCHING) {
            return;
        }
        long now = out.nanoTime();
        Verdict verdict = RetryPolicy.read(e);
        if (verdict == Verdict.NOT_FOUND) {
            readsMiss = true;
            if (isMissingForLong(now)) {
                gone();
            }
            return;
        }
        readTrouble.look(now);
        readFailures++;
        boolean lost;
        switch (verdict) {
            case REAUTHENTICATE -> {
                // No more reads with this one: the next token brings them back.
                out.unwatch();
                reauthenticate(e);
                return;
            }
            case WAIT -> lost = readTrouble.reached(settings.createPatience());
            case TRANSIENT -> lost = readTrouble.reached(settings.failureBudget());
            case SUSPECT -> lost = isSuspectForLong(readFailures, readTrouble);
            default -> lost = true;
        }
        if (!lost) {
            if (verdict != Verdict.WAIT && readFailures > QUIET_FAILURES) {
                news.trouble(Doing.WATCH, e);
            }
        } else if (cancelReason == null) {
            watchLost(e);
        } else {
            cancelTrouble.look(now);
            giveUpIfHopeless();
        }
    }

    /** Not there: at first that is the read lag, then it may be one stale replica, for long it is the truth. */
    private boolean isMissingForLong(long now) {
        missing.look(now);
        return missing.reached(settings.readLag());
    }

    /** For reads it is gone. A cancel finds out whether that is so for writes as well. */
    private void gone() {
        Outcome gone = new Outcome.Gone(knownId());
        if (cancelAccepted || !wantsCancel()) {
            over(gone);
        } else {
            conclude(gone);
            requestCancel(CancelReason.WATCH_LOST);
        }
    }

    private boolean isSuspectForLong(int failures, ObservedTime trouble) {
        return failures >= SUSPECT_TRIES
                && trouble.reached(settings.failureBudget().dividedBy(3));
    }

    private void watchLost(GitpodException e) {
        boolean cancel = wantsCancel();
        conclude(new Outcome.WatchLost(knownId(), phase, e, readTrouble.total(), cancel));
        if (cancel) {
            out.watch(prebuildId, request.projectId());
            requestCancel(CancelReason.WATCH_LOST);
        } else {
            finishUnsure();
        }
    }

    // ---- events: cancel

    /** The one who waited left early. Comes any number of times. */
    void ownerLeft(CancelReason reason) {
        if (stage == Stage.ENDED || detached) {
            return; // nobody's end concerns a detached prebuild
        }
        if (request.cancelOnAbort() || cancelReason != null) {
            requestCancel(reason);
        } else if (stage == Stage.NEW || isCreateBack()) {
            over(new Outcome.NotCreated());
        } else {
            nobodyWaits = true;
            detached = true;
            saveOrWarn();
            takeBackSending();
            conclude(new Outcome.LeftRunning(prebuildId));
        }
    }

    /** Cancels, whoever waits. Comes any number of times. */
    void requestCancel(CancelReason reason) {
        if (cancelReason != null || stage == Stage.ENDED) {
            return;
        }
        if (stage == Stage.NEW || isCreateBack()) {
            over(new Outcome.NotCreated());
            return;
        }
        leave(reason);
        takeBackSending();
        if (stage == Stage.WATCHING) {
            sendCancel();
        }
    }

    /** Whether a create was on its way but surely has not gone out, and now never will. */
    private boolean isCreateBack() {
        return stage == Stage.CREATING && (!createOut || out.withdrawCreate());
    }

    /** An abort: what is not sent again yet never is; what was sent before is looked for. */
    private void takeBackSending() {
        sendAgainDue = false;
        if (sendingAgain && (!createOut || out.withdrawCreate())) {
            createOut = false;
            stopSending();
            lookUpLater(SHORTEST_WAIT);
        }
    }

    private void leave(CancelReason reason) {
        if (cancelReason == null) {
            cancelReason = reason;
            saveOrWarn();
        }
    }

    private void sendCancel() {
        if (cancelOut || !tokenKnown) {
            return; // the answer, or the token, brings the next try
        }
        cancelOut = true;
        news.cancelling(new Update.Cancelling(knownId(), Objects.requireNonNull(cancelReason)));
        out.cancel(prebuildId);
    }

    void cancelAnswered(Prebuild prebuild) {
        cancelOut = false;
        if (stage == Stage.WATCHING) {
            cancelTaken();
            read(prebuild);
        }
    }

    private void cancelTaken() {
        newTokens = 0;
        cancelAccepted = true;
        cancelTrouble.reset();
        cancelBackoff.reset();
        sinceAccepted.reset();
        sinceAccepted.look(out.nanoTime());
        conclude(new Outcome.CancelAccepted(knownId(), Objects.requireNonNull(cancelReason)));
        out.watch(prebuildId, request.projectId());
    }

    void cancelFailed(GitpodException e) {
        cancelOut = false;
        if (stage != Stage.WATCHING) {
            return;
        }
        switch (RetryPolicy.cancel(e)) {
            case ALREADY_OVER -> cancelTaken();
            case NOT_FOUND -> {
                // Reads have a word in it too: one kind of call alone may be what is wrong.
                if (isMissingForLong(out.nanoTime()) && (readsMiss || missing.reached(settings.failureBudget()))) {
                    over(new Outcome.Gone(knownId()));
                } else {
                    retryCancelLater(e, cancelBackoff.next(out.random()));
                }
            }
            case WAIT -> retryCancelLater(e, spread(min(askedWait(e), LONGEST_WAIT), 1));
            case REAUTHENTICATE -> reauthenticate(e);
            default -> retryCancelLater(e, cancelBackoff.next(out.random()));
        }
    }

    /** The token was refused, but there is another one by now. */
    void cancelWithOldToken() {
        cancelOut = false;
        if (stage == Stage.WATCHING && !cancelAccepted) {
            sendCancel();
        }
    }

    private void retryCancelLater(GitpodException e, Duration wait) {
        cancelTrouble.look(out.nanoTime());
        cancelTrouble.next(wait);
        news.trouble(Doing.CANCEL, e);
        if (!giveUpIfHopeless()) {
            cancelAlarm = true;
            out.alarmAfter(Alarm.CANCEL, wait);
        }
    }

    private boolean giveUpIfHopeless() {
        if (!cancelTrouble.reached(settings.cancelPatience())) {
            return false;
        }
        finishUnsure();
        return true;
    }

    // ---- events: timers

    void alarm(Alarm alarm) {
        switch (alarm) {
            case CREATE -> {
                if (isCreating()) {
                    resendCreate();
                }
            }
            case LOOK_UP -> {
                if (stage == Stage.LOOKING_UP) {
                    lookUp();
                }
            }
            case CANCEL -> {
                cancelAlarm = false;
                if (stage == Stage.WATCHING && !cancelAccepted) {
                    sendCancel();
                }
            }
            case TOKEN -> {
                if (stage != Stage.ENDED) {
                    out.fetchToken();
                }
            }
        }
    }

    // ---- ends

    private void conclude(Outcome outcome) {
        if (!concluded) {
            concluded = true;
            news.end();
            out.conclude(outcome);
        }
    }

    private void over(Outcome outcome) {
        if (concluded) {
            out.settle(outcome);
        } else {
            conclude(outcome);
        }
        finish();
    }

    /** Ends although nobody knows what becomes of the prebuild, and says so where administrators look. */
    private void finishUnsure() {
        LOGGER.log(
                Level.WARNING,
                "No longer looking after Gitpod prebuild {0} of project {1}, last seen {2}; check it in Gitpod",
                new Object[] {prebuildId, request.projectId(), phase});
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

    private static Duration askedWait(GitpodException e) {
        Duration asked = e.retryAfter().orElse(SHORTEST_WAIT);
        return asked.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : asked;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** Never less than the wait; the more often it was in vain, the further apart do many come back. */
    private Duration spread(Duration wait, int times) {
        return wait.plusMillis(1 + (long) (wait.toMillis() * 0.2 * Math.min(times, 10) * out.random()));
    }

    /** For states that the next look at Gitpod would bring back: a full disk must not stop the wait. */
    private void saveOrWarn() {
        savedObserved = limits.observed();
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

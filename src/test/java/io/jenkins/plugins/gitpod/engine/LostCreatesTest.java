package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Trigger;
import io.jenkins.plugins.gitpod.engine.LostCreates.Decision;
import io.jenkins.plugins.gitpod.engine.PendingCreate.Moment;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LostCreatesTest {

    private static final Instant SENT = Prebuilds.CREATED;
    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final Duration LATEST = Duration.ofMinutes(10);
    private static final boolean EARLY = false;
    private static final boolean LAG_OVER = true;

    private final LostCreates creates = new LostCreates(SKEW, LATEST);
    private final ServerClock noClock = new ServerClock(new SimulatedRuntime());

    private static Moment at(Instant wall) {
        return new Moment(wall, Duration.between(SENT, wall).toNanos());
    }

    private void sent(PrebuildRequest request, Instant when) {
        creates.sent(request, 1, noClock, at(when));
    }

    /** The call is over as soon as it is out. */
    private void answerLost(PrebuildRequest request) {
        creates.lost(request.requestId(), 1, at(SENT), LATEST);
    }

    private static PrebuildRequest request(String environmentClassId, boolean sharedAccount) {
        return request("https://gitpod.example.com/api", environmentClassId, sharedAccount);
    }

    private static PrebuildRequest request(String url, String environmentClassId, boolean sharedAccount) {
        try {
            Connection connection = new Connection("main", GitpodEndpoint.parse(url), sharedAccount);
            return new PrebuildRequest(
                    UUID.randomUUID(), connection, Prebuilds.PROJECT, environmentClassId, null, false, true);
        } catch (InvalidEndpointException e) {
            throw new AssertionError(e);
        }
    }

    private UUID lost() {
        return lost(null);
    }

    private UUID lost(String environmentClassId) {
        UUID id = inFlight(environmentClassId);
        creates.lost(id, 1, at(SENT), LATEST);
        return id;
    }

    private UUID inFlight(String environmentClassId) {
        PrebuildRequest request = request(environmentClassId, false);
        sent(request, SENT);
        return request.requestId();
    }

    private Decision look(UUID id, boolean lagOver, Prebuild... listed) {
        return look(id, Prebuilds.CREATOR, lagOver, listed);
    }

    private Decision look(UUID id, String subjectId, boolean lagOver, Prebuild... listed) {
        return creates.decide(id, subjectId, new LostCreates.Listing(Arrays.asList(listed), true), lagOver);
    }

    private static Prebuild made(String id) {
        return Prebuilds.named(id).made();
    }

    private static Prebuild made(String id, Duration later) {
        return Prebuilds.named(id).createdAt(SENT.plus(later)).made();
    }

    private static Prebuild made(String id, String environmentClassId) {
        return Prebuilds.named(id).environmentClass(environmentClassId).made();
    }

    private static Map<UUID, String> ids(Decision decision) {
        Map<UUID, String> ids = new HashMap<>();
        decision.assigned().forEach((create, prebuild) -> ids.put(create.requestId(), prebuild.id()));
        return ids;
    }

    @Test
    void oneLostCreateAndOneMatchBelongTogether() {
        UUID id = lost();
        Decision decision = look(id, EARLY, made("p"));
        assertThat(ids(decision), hasEntry(id, "p"));
        assertThat(creates.size(), is(0));
    }

    @Test
    void nothingOnTheListAssignsNothing() {
        UUID id = lost();
        Decision decision = look(id, LAG_OVER);
        assertThat(decision.assigned(), is(anEmptyMap()));
        assertThat(decision.candidates(), is(empty()));
        assertThat(decision.held(), is(false));
        assertThat(decision.overtaken(), is(false));
    }

    @Test
    void severalMatchesForOneLostCreateAreNeverAdopted() {
        UUID id = lost();
        for (boolean lagOver : new boolean[] {EARLY, LAG_OVER}) {
            Decision decision = look(id, lagOver, made("p"), made("q"));
            assertThat(decision.assigned(), is(anEmptyMap()));
            assertThat(decision.candidates(), hasSize(2));
        }
    }

    @Test
    void kLostCreatesAndKMatchesAreAssignedTogether() {
        UUID one = lost();
        UUID two = lost();
        UUID three = lost();
        look(one, EARLY);
        look(two, EARLY);
        Decision decision = look(three, EARLY, made("p"), made("q"), made("r"));
        assertThat(decision.assigned(), is(aMapWithSize(3)));
        assertThat(ids(decision).values().stream().sorted().toList(), contains("p", "q", "r"));
        assertThat(creates.size(), is(0));
    }

    @Test
    void fewerMatchesThanLostCreatesWaitForTheReadLag() {
        UUID one = lost();
        UUID two = lost();
        look(one, EARLY);
        Decision early = look(two, EARLY, made("p"));
        assertThat(early.assigned(), is(anEmptyMap()));
        assertThat(early.candidates(), hasSize(1));

        Decision late = look(two, LAG_OVER, made("p"));
        assertThat(late.assigned(), is(aMapWithSize(1)));
        assertThat(creates.size(), is(1));
    }

    @Test
    void moreMatchesThanLostCreatesAreNeverAssigned() {
        UUID one = lost();
        UUID two = lost();
        look(one, EARLY);
        Decision decision = look(two, LAG_OVER, made("p"), made("q"), made("r"));
        assertThat(decision.assigned(), is(anEmptyMap()));
        assertThat(decision.candidates(), hasSize(3));
    }

    @Test
    void aCreateThatNamesAClassGetsAPrebuildOfThatClass() {
        UUID any = lost(null);
        UUID large = lost("large");
        UUID small = lost("small");
        look(any, EARLY);
        look(large, EARLY);
        Decision decision = look(small, EARLY, made("s", "small"), made("r", "regular"), made("l", "large"));
        assertThat(ids(decision), is(Map.of(any, "r", large, "l", small, "s")));
    }

    @Test
    void aCreateWithoutAClassLeavesAMatchToOneThatNamesItsClass() {
        UUID any = lost(null);
        UUID large = lost("large");
        look(any, EARLY);
        Decision decision = look(large, EARLY, made("l1", "large"), made("l2", "large"));
        assertThat(decision.assigned(), is(aMapWithSize(2)));
    }

    @Test
    void anotherClassIsNoMatch() {
        UUID large = lost("large");
        Decision decision = look(large, LAG_OVER, made("r", "regular"));
        assertThat(decision.assigned(), is(anEmptyMap()));
        assertThat(decision.candidates(), is(empty()));
    }

    @Test
    void equalNumbersOfClassesThatDoNotFitAssignNothing() {
        UUID large = lost("large");
        UUID small = lost("small");
        look(large, EARLY);
        Decision decision = look(small, LAG_OVER, made("l1", "large"), made("l2", "large"));
        assertThat(decision.assigned(), is(anEmptyMap()));
    }

    @Test
    void aSharedAccountAdoptsNothing() {
        PrebuildRequest request = request(null, true);
        sent(request, SENT);
        answerLost(request);
        Decision decision = look(request.requestId(), LAG_OVER, made("p"));
        assertThat(decision.assigned(), is(anEmptyMap()));
        assertThat(decision.candidates(), hasSize(1));
    }

    @Test
    void aCreateStillUnansweredHoldsWhatItMayExplain() {
        UUID id = lost();
        UUID other = inFlight(null);
        Decision held = look(id, LAG_OVER, made("p"));
        assertThat(held.held(), is(true));
        assertThat(held.assigned(), is(anEmptyMap()));

        creates.settled(other, 1, "p");
        Decision after = look(id, LAG_OVER, made("p"));
        assertThat(after.held(), is(false));
        assertThat(after.assigned(), is(anEmptyMap()));
        assertThat(after.candidates(), is(empty()));
    }

    @Test
    void aCreateStillUnansweredHoldsNothingOfAnotherClass() {
        UUID id = lost("large");
        inFlight("small");
        assertThat(ids(look(id, EARLY, made("l", "large"))), hasEntry(id, "l"));
    }

    @Test
    void aCreateStillUnansweredHoldsNothingOfAnotherGitpod() {
        UUID id = lost();
        PrebuildRequest elsewhere = request("https://gitpod.example.org/api", null, false);
        sent(elsewhere, SENT);
        assertThat(ids(look(id, EARLY, made("p"))), hasEntry(id, "p"));
    }

    @Test
    void aCreateSentLaterHoldsNothingThatIsOlder() {
        UUID id = lost();
        PrebuildRequest later = request(null, false);
        sent(later, SENT.plus(Duration.ofMinutes(5)));
        assertThat(ids(look(id, EARLY, made("p"))), hasEntry(id, "p"));
    }

    @Test
    void aLostCreateWhoseAccountIsNotKnownYetHolds() {
        UUID id = lost();
        UUID other = lost();
        assertThat(look(id, LAG_OVER, made("p")).held(), is(true));
        look(other, EARLY);
        assertThat(look(id, LAG_OVER, made("p")).held(), is(false));
    }

    @Test
    void aLostCreateOfAnotherAccountCountsForNothing() {
        UUID id = lost();
        UUID other = lost();
        look(other, "somebody", EARLY);
        assertThat(ids(look(id, EARLY, made("p"))), hasEntry(id, "p"));
        assertThat(creates.size(), is(1));
    }

    @Test
    void whatAnotherAccountMadeIsNoMatchThoughTheServerListsIt() {
        UUID id = lost();
        Prebuild foreign = Prebuilds.named("p").creator("somebody").made();
        assertThat(look(id, LAG_OVER, foreign).candidates(), is(empty()));
    }

    @Test
    void whatAKnownRequestMadeIsNoMatch() {
        creates.claim("p");
        UUID id = lost();
        assertThat(look(id, LAG_OVER, made("p")).candidates(), is(empty()));
    }

    @Test
    void whatAnAnsweredCreateMadeIsNoMatch() {
        creates.settled(inFlight(null), 1, "p");
        UUID id = lost();
        assertThat(ids(look(id, EARLY, made("p"), made("q"))), hasEntry(id, "q"));
    }

    @Test
    void whatTheScheduleMadeIsNoMatch() {
        UUID id = lost();
        Prebuild scheduled = Prebuilds.named("p").trigger(Trigger.SCHEDULED).made();
        assertThat(look(id, LAG_OVER, scheduled).candidates(), is(empty()));
    }

    @Test
    void anUnknownTriggerMayBeOurs() {
        UUID id = lost();
        Prebuild odd = Prebuilds.named("p").trigger(Trigger.UNKNOWN).made();
        assertThat(ids(look(id, EARLY, odd)), hasEntry(id, "p"));
    }

    @Test
    void clocksMayDifferByTheSkewAndNotByMore() {
        UUID id = lost();
        assertThat(look(id, EARLY, made("p", SKEW.negated().minusMillis(1))).candidates(), is(empty()));
        assertThat(ids(look(id, EARLY, made("p", SKEW.negated()))), hasEntry(id, "p"));
    }

    // ---- with Gitpod's own clock, which here is an hour ahead of ours

    private static final Duration AHEAD = Duration.ofHours(1);
    private final ServerClock clock = clock();

    private static ServerClock clock() {
        ServerClock clock = new ServerClock(new SimulatedRuntime());
        clock.answered(SENT.plus(AHEAD), 0, 0);
        return clock;
    }

    private UUID lostByServerClock(String environmentClassId, Duration sent, Duration took) {
        PrebuildRequest request = request(environmentClassId, false);
        creates.sent(request, 1, clock, at(SENT.plus(sent)));
        creates.lost(request.requestId(), 1, at(SENT.plus(sent).plus(took)), LATEST);
        return request.requestId();
    }

    private static Prebuild madeByServer(String id, Duration later) {
        return Prebuilds.named(id).createdAt(SENT.plus(AHEAD).plus(later)).made();
    }

    @Test
    void whatWasMade45SecondsBeforeIsNoMatch() {
        UUID id = lostByServerClock(null, Duration.ofSeconds(45), Duration.ZERO);
        Decision decision =
                look(id, EARLY, madeByServer("stranger", Duration.ZERO), madeByServer("own", Duration.ofSeconds(45)));
        assertThat(ids(decision), is(Map.of(id, "own")));
    }

    @Test
    void ourOwnClockHasNoPartInIt() {
        UUID id = lostByServerClock(null, Duration.ZERO, Duration.ZERO);
        assertThat(look(id, LAG_OVER, made("p", Duration.ZERO)).candidates(), is(empty()));
        assertThat(ids(look(id, EARLY, madeByServer("q", Duration.ofSeconds(2)))), hasEntry(id, "q"));
    }

    @Test
    void whatWasMadeDuringTheCallCountsBeforeWhatWasMadeLater() {
        UUID id = lostByServerClock(null, Duration.ZERO, Duration.ofSeconds(5));
        Decision decision = look(
                id,
                LAG_OVER,
                madeByServer("later", Duration.ofSeconds(30)),
                madeByServer("during", Duration.ofSeconds(4)));
        assertThat(ids(decision), is(Map.of(id, "during")));
    }

    @Test
    void whatWasMadeLaterIsBelievedOnlyOnceTheReadLagIsOver() {
        UUID id = lostByServerClock(null, Duration.ZERO, Duration.ZERO);
        Prebuild later = madeByServer("later", Duration.ofSeconds(30));
        assertThat(look(id, EARLY, later).assigned(), is(anEmptyMap()));
        assertThat(ids(look(id, LAG_OVER, later)), is(Map.of(id, "later")));
    }

    @Test
    void whatTheApiItselfHasAnsweredActsNoLongerAfterAReadLag() {
        PrebuildRequest request = request(null, false);
        creates.sent(request, 1, clock, at(SENT));
        creates.lost(request.requestId(), 1, at(SENT), Duration.ofSeconds(30));
        Prebuild stranger = madeByServer("stranger", Duration.ofMinutes(3));
        assertThat(look(request.requestId(), LAG_OVER, stranger).candidates(), is(empty()));
    }

    @Test
    void anotherTimeOutIsNoMatch() {
        PrebuildRequest any = request(null, false);
        PrebuildRequest request = new PrebuildRequest(
                any.requestId(), any.connection(), any.projectId(), null, Duration.ofMinutes(90), false, true);
        sent(request, SENT);
        answerLost(request);
        Prebuild other = Prebuilds.named("p").timeout(Duration.ofMinutes(30)).made();
        Prebuild own = Prebuilds.named("q").timeout(Duration.ofMinutes(90)).made();
        assertThat(ids(look(request.requestId(), EARLY, other, own)), is(Map.of(request.requestId(), "q")));
    }

    @Test
    void twoCreatesOfOneRequestMayHaveMadeTwo() {
        PrebuildRequest request = request(null, false);
        for (int number = 1; number <= 2; number++) {
            Moment when = at(SENT.plus(Duration.ofSeconds(40L * number)));
            creates.sent(request, number, clock, when);
            creates.lost(request.requestId(), number, when, LATEST);
        }
        Decision decision = look(
                request.requestId(),
                EARLY,
                madeByServer("second", Duration.ofSeconds(80)),
                madeByServer("first", Duration.ofSeconds(40)));
        assertThat(
                decision.assigned().entrySet().stream()
                        .map(entry ->
                                entry.getKey().number() + " " + entry.getValue().id())
                        .sorted()
                        .toList(),
                contains("1 first", "2 second"));
    }

    @Test
    void oneRequestDoesNotWaitForASecondMatchOfItsOwn() {
        PrebuildRequest request = request(null, false);
        for (int number = 1; number <= 2; number++) {
            creates.sent(request, number, clock, at(SENT));
            creates.lost(request.requestId(), number, at(SENT), LATEST);
        }
        assertThat(
                look(request.requestId(), EARLY, madeByServer("p", Duration.ZERO))
                        .assigned(),
                is(aMapWithSize(1)));
    }

    @Test
    void aWaitingRequestComesBeforeASurplusOne() {
        UUID first = lostByServerClock(null, Duration.ZERO, Duration.ZERO);
        look(first, LAG_OVER);
        PrebuildRequest surplus = request(null, false);
        assertThat(creates.handOver(first, 1, surplus), is(true));
        UUID waiting = lostByServerClock(null, Duration.ZERO, Duration.ZERO);
        assertThat(ids(look(waiting, EARLY, madeByServer("p", Duration.ZERO))), is(Map.of(waiting, "p")));
        assertThat(
                ids(look(surplus.requestId(), LAG_OVER, madeByServer("q", Duration.ZERO))),
                is(Map.of(surplus.requestId(), "q")));
    }

    @Test
    void aMatchMovesSoThatAnotherOneFits() {
        UUID early = lostByServerClock(null, Duration.ZERO, Duration.ZERO);
        look(early, LAG_OVER);
        PrebuildRequest surplus = request(null, false);
        creates.handOver(early, 1, surplus);
        UUID waiting = lostByServerClock(null, Duration.ofSeconds(1), Duration.ofSeconds(60));
        // The first fits both, and who waits would be asked first; the second fits only who waits.
        Decision decision = look(
                waiting,
                EARLY,
                madeByServer("first", Duration.ofSeconds(1)),
                madeByServer("second", Duration.ofSeconds(50)));
        assertThat(ids(decision), is(Map.of(surplus.requestId(), "first", waiting, "second")));
    }

    @Test
    void whatWasHandedOverWhileItWasOutIsAnsweredToItsHeir() {
        UUID id = inFlight(null);
        PrebuildRequest successor = request(null, false);
        assertThat(creates.handOver(id, 1, successor), is(true));
        assertThat(creates.settled(id, 1, "p"), is(successor.requestId()));
        assertThat(creates.size(), is(0));
    }

    @Test
    void whatWasAnsweredIsNotHandedOver() {
        UUID id = inFlight(null);
        creates.settled(id, 1, "p");
        assertThat(creates.handOver(id, 1, request(null, false)), is(false));
    }

    @Test
    void whatALostCreateMayHaveMadeIsNoForeignPrebuild() throws Exception {
        URI apiUrl = GitpodEndpoint.parse("https://gitpod.example.com/api").apiUrl();
        assertThat(creates.mayBeOurs(apiUrl, made("p")), is(false));
        lost();
        assertThat(creates.mayBeOurs(apiUrl, made("p")), is(true));
        assertThat(creates.mayBeOurs(apiUrl, made("p", Duration.ofHours(-1))), is(false));
        creates.claim("p");
        assertThat(creates.mayBeOurs(apiUrl, made("p")), is(false));
    }

    @Test
    void whatWasMadeLongAfterTheCreateIsNotItsWork() {
        UUID id = lost();
        Duration last = LATEST.plus(SKEW);
        assertThat(look(id, LAG_OVER, made("p", last.plusMillis(1))).candidates(), is(empty()));
        assertThat(ids(look(id, LAG_OVER, made("p", last))), hasEntry(id, "p"));
    }

    @Test
    void afterACrashTheCreateMayHaveWaitedInAQueue() {
        PrebuildRequest request = request(null, false);
        creates.lostBefore(
                request, new CreateAttempt(1, SENT, null), false, noClock, at(SENT.plus(Duration.ofHours(9))));
        assertThat(
                look(request.requestId(), LAG_OVER, made("p", Duration.ofHours(8)))
                        .candidates(),
                is(empty()));
        assertThat(
                ids(look(request.requestId(), LAG_OVER, made("p", Duration.ofMinutes(30)))),
                hasEntry(request.requestId(), "p"));
    }

    @Test
    void aPrebuildWithoutATimeIsNoMatch() {
        UUID id = lost();
        assertThat(
                look(id, LAG_OVER, Prebuilds.named("p").createdAt(null).made()).candidates(), is(empty()));
    }

    @Test
    void aListThatIsCutOffAssignsNothing() {
        UUID id = lost();
        Decision decision =
                creates.decide(id, Prebuilds.CREATOR, new LostCreates.Listing(List.of(made("p")), false), LAG_OVER);
        assertThat(decision.assigned(), is(anEmptyMap()));
        assertThat(decision.candidates(), hasSize(1));
    }

    @Test
    void aPrebuildThatTwoPagesListCountsOnce() {
        UUID id = lost();
        assertThat(ids(look(id, EARLY, made("p"), made("p"))), hasEntry(id, "p"));
    }

    @Test
    void aRequestLearnsWhatAnotherRequestsLookUpAssignedToIt() {
        UUID one = lost();
        UUID two = lost();
        look(one, EARLY);
        look(two, EARLY, made("p"), made("q"));
        assertThat(look(one, EARLY, made("p"), made("q")).overtaken(), is(true));
    }

    @Test
    void whatIsAssignedOnceIsNeverAssignedAgain() {
        UUID one = lost();
        look(one, EARLY, made("p"));
        UUID two = lost();
        assertThat(look(two, LAG_OVER, made("p")).candidates(), is(empty()));
    }

    @Test
    void claimsAreRememberedInBoundedNumber() {
        UUID id = lost();
        creates.claim("p");
        for (int i = 0; i < 9_999; i++) {
            creates.claim("other" + i);
        }
        assertThat(look(id, LAG_OVER, made("p")).candidates(), is(empty()));
        creates.claim("one more");
        assertThat(look(id, EARLY, made("p")).assigned(), is(aMapWithSize(1)));
    }
}

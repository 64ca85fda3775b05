package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that goes wrong with a call. A fault acts if the service does what was asked before it goes wrong, and does
 * not act if nothing is done; {@link Call#acted()} tells in each case what really happened.
 */
public class Fault {
    /** What the fault does to the request; the service has been asked already if the fault acts. */
    @FunctionalInterface
    interface Effect {
        void apply(Exchange exchange) throws IOException, InterruptedException;
    }

    private final String name;
    private final boolean acts;
    private final Effect effect;

    Fault(String name, boolean acts, Effect effect) {
        this.name = name;
        this.acts = acts;
        this.effect = effect;
    }

    private static Fault refusing(String name, Answer answer) {
        return new Fault(name, false, exchange -> exchange.send(answer));
    }

    private static Fault spoiling(String name, Effect effect) {
        return new Fault(name, true, effect);
    }

    /**
     * The connection is reset, nothing is done.
     *
     * @return the fault
     */
    @NonNull
    public static Fault resetBeforeActing() {
        return new Fault("reset", false, exchange -> exchange.writer().reset());
    }

    /**
     * All is done, then the connection is reset.
     *
     * @return the fault
     */
    @NonNull
    public static Fault resetAfterActing() {
        return resetBeforeActing().afterActing();
    }

    /**
     * The connection is closed without an answer, nothing is done.
     *
     * @return the fault
     */
    @NonNull
    public static Fault closeBeforeActing() {
        return new Fault("close", false, exchange -> exchange.writer().close());
    }

    /**
     * All is done, then the connection is closed without an answer.
     *
     * @return the fault
     */
    @NonNull
    public static Fault closeAfterActing() {
        return closeBeforeActing().afterActing();
    }

    /**
     * Nothing is done and nothing answered until it is released; then all is done and answered, even if the client has
     * gone in the meantime.
     *
     * @return the fault
     */
    @NonNull
    public static Hang hangBeforeActing() {
        return new Hang("hang", false);
    }

    /**
     * All is done, but nothing is answered until it is released.
     *
     * @return the fault
     */
    @NonNull
    public static Hang hangAfterActing() {
        return new Hang("hang after acting", true);
    }

    /**
     * All is done, and the answer comes in small pieces.
     *
     * @param bytes how many of the body at once, 1 or more
     * @param interval the real time between two pieces
     * @return the fault
     */
    @NonNull
    public static Fault slowDrip(int bytes, @NonNull Duration interval) {
        return spoiling("slow drip", exchange -> FaultyBodies.drip(exchange, bytes, interval.toNanos()));
    }

    /**
     * An error as the API gives it; nothing is done.
     *
     * @param status the HTTP status
     * @param code the Connect code, for instance {@code unavailable}
     * @param message the message
     * @return the fault
     */
    @NonNull
    public static Fault status(int status, @NonNull String code, @NonNull String message) {
        return refusing(status + " " + code, Answer.error(status, code, message, null));
    }

    /**
     * An error with a text for people in its details; nothing is done.
     *
     * @param status the HTTP status
     * @param code the Connect code
     * @param message the message
     * @param userMessage the text for people
     * @return the fault
     */
    @NonNull
    public static Fault actionableError(
            int status, @NonNull String code, @NonNull String message, @NonNull String userMessage) {
        return refusing(status + " " + code, Answer.error(status, code, message, ErrorDetails.actionable(userMessage)));
    }

    /**
     * An error page of some proxy; nothing is done.
     *
     * @param status the HTTP status
     * @return the fault
     */
    @NonNull
    public static Fault htmlStatus(int status) {
        return refusing(status + " html", Answer.html(status, status + " from a proxy"));
    }

    /**
     * A login page or the like with a good status where JSON is expected; nothing is done.
     *
     * @return the fault
     */
    @NonNull
    public static Fault notJson200Html() {
        return refusing("200 html", Answer.html(200, "Please sign in"));
    }

    /**
     * A status without a body; nothing is done.
     *
     * @param status the HTTP status, 200 or more
     * @return the fault
     */
    @NonNull
    public static Fault emptyBody(int status) {
        return refusing(status + " empty", Answer.empty(status));
    }

    /**
     * A redirect; nothing is done.
     *
     * @param status for instance 302, 307 or 308
     * @param target the value of {@code Location}
     * @return the fault
     */
    @NonNull
    public static Fault redirect(int status, @NonNull String target) {
        return refusing(status + " redirect", Answer.empty(status).withHeader("Location", target));
    }

    /**
     * A redirect of the method to another base URL, as app.ona.com redirects to app.gitpod.io; nothing is done.
     *
     * @param status 307 or 308
     * @param base the other base URL, for instance {@code https://app.gitpod.io/api}
     * @return the fault
     */
    @NonNull
    public static Fault redirectToBase(int status, @NonNull String base) {
        return new Fault(
                status + " to another base",
                false,
                exchange -> exchange.send(Answer.empty(status).withHeader("Location", base + exchange.methodPath())));
    }

    /**
     * The plan does not include what was asked for: failed_precondition with a text and an action for people; nothing is
     * done.
     *
     * @param userMessage the text
     * @param label what the action is called
     * @param dashboardPath the page of the dashboard that it leads to, for instance {@code /settings/billing}
     * @return the fault
     */
    @NonNull
    public static Fault planGate(@NonNull String userMessage, @NonNull String label, @NonNull String dashboardPath) {
        ConnectCode code = ConnectCode.FAILED_PRECONDITION;
        return refusing(
                "plan gate",
                Answer.error(
                        code.httpStatus(),
                        code.wireName(),
                        "prebuilds are not available on the current plan",
                        ErrorDetails.actionable(userMessage, label, dashboardPath)));
    }

    /**
     * Too many calls, to be tried again after a wait told in a {@code google.rpc.RetryInfo} detail; nothing is done.
     *
     * @param wait the wait; null if none is told, as with a used-up quota
     * @return the fault
     */
    @NonNull
    public static Fault rateLimit(@Nullable Duration wait) {
        return wait == null
                ? refusing("429 without a wait", ErrorResponses.exhausted())
                : refusing("429 RetryInfo", ErrorResponses.rateLimited(wait));
    }

    /**
     * Too many calls, with the wait told in a header; nothing is done.
     *
     * @param header {@code RateLimit-RetryAfter} or {@code Retry-After}
     * @param value the header's value, normally whole seconds
     * @return the fault
     */
    @NonNull
    public static Fault rateLimitByHeader(@NonNull String header, @NonNull String value) {
        return refusing("429 " + header, ErrorResponses.exhausted().withHeader(header, value));
    }

    /**
     * Unavailable, with an invitation to try again at once: the answer that makes some HTTP libraries repeat a request
     * by themselves. Nothing is done.
     *
     * @return the fault
     */
    @NonNull
    public static Fault retryAfterZero503() {
        return refusing(
                "503 Retry-After: 0",
                ErrorResponses.error(ConnectCode.UNAVAILABLE, "try again").withHeader("Retry-After", "0"));
    }

    /**
     * All is done; the answer is proper HTTP, but holds only the first half of the JSON.
     *
     * @return the fault
     */
    @NonNull
    public static Fault truncatedJson() {
        return spoiling("truncated json", FaultyBodies::halfJson);
    }

    /**
     * All is done; the connection is closed in the middle of the answer's body.
     *
     * @return the fault
     */
    @NonNull
    public static Fault cutOffBody() {
        return spoiling("cut-off body", FaultyBodies::cutOff);
    }

    /**
     * All is done; the answer is valid JSON with one more and very long field.
     *
     * @param bytes the length of that field
     * @return the fault
     */
    @NonNull
    public static Fault oversizedJson(int bytes) {
        return spoiling("oversized json", exchange -> FaultyBodies.oversized(exchange, bytes));
    }

    /**
     * All is done; the answer never ends.
     *
     * @return the fault
     */
    @NonNull
    public static Fault endlessBody() {
        return spoiling("endless body", FaultyBodies::endless);
    }

    /**
     * All is done; the answer is right but calls itself {@code text/plain}.
     *
     * @return the fault
     */
    @NonNull
    public static Fault wrongContentType() {
        return spoiling(
                "wrong content type",
                exchange -> exchange.send(exchange.act().withContentType("text/plain; charset=utf-8")));
    }

    /**
     * All is done; the answer's phases and triggers have undocumented names.
     *
     * @return the fault
     */
    @NonNull
    public static Fault unknownEnum() {
        return spoiling("unknown enum", FaultyBodies::unknownEnum);
    }

    /**
     * All is done; the answer's prebuilds lack what only those that have ended have: size, failure and warning.
     *
     * @return the fault
     */
    @NonNull
    public static Fault withoutResults() {
        return spoiling("without results", FaultyBodies::withoutResults);
    }

    /**
     * The same fault, but all is done first.
     *
     * @return the fault
     */
    @NonNull
    public Fault afterActing() {
        return acts ? this : new Fault(name + " after acting", true, effect);
    }

    /**
     * Whether the service does what was asked.
     *
     * @return true if so
     */
    public boolean acts() {
        return acts;
    }

    void apply(Exchange exchange) throws IOException, InterruptedException {
        if (acts) {
            exchange.act();
        }
        effect.apply(exchange);
    }

    @Override
    public String toString() {
        return name;
    }

    /** A fault that holds its requests. */
    public static final class Hang extends Fault {
        private final CountDownLatch released;
        private final AtomicInteger held;

        Hang(String name, boolean acts) {
            this(name, acts, new CountDownLatch(1), new AtomicInteger());
        }

        private Hang(String name, boolean acts, CountDownLatch released, AtomicInteger held) {
            super(name, acts, exchange -> {
                held.incrementAndGet();
                try {
                    released.await();
                } finally {
                    held.decrementAndGet();
                }
                exchange.send(exchange.act());
            });
            this.released = released;
            this.held = held;
        }

        /** Lets all held requests go, and does not hold any more. */
        public void release() {
            released.countDown();
        }

        /**
         * How many requests it holds.
         *
         * @return the number now
         */
        public int held() {
            return held.get();
        }
    }
}

package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks up one request's token on a thread of {@link WorkQueue#CREDENTIALS}, with a limit of time, since a credentials
 * provider may hang. One look-up runs at a time; its answer serves all calls of {@link #start} in the meantime. All
 * methods belong to the request's mailbox.
 */
public final class TokenLookUp {

    private static final Logger LOGGER = Logger.getLogger(TokenLookUp.class.getName());

    /** Is told the result, in the request's mailbox. */
    public interface Listener {
        void found(@NonNull BearerToken token);

        void failed(@NonNull TokenUnavailableException e);
    }

    private final TokenSource source;
    private final EngineRuntime runtime;
    private final Executor credentials;
    private final Executor mailbox;
    private final Duration limit;
    private final Supplier<Duration> limitInQueue;
    private final Listener listener;

    /** The number of the look-up that runs, or 0. */
    private int current;

    private int started;
    private boolean stopped;

    @CheckForNull
    private EngineRuntime.Timer timer;

    /**
     * @param credentials runs look-ups on threads of {@link WorkQueue#CREDENTIALS}
     * @param mailbox runs one task at a time
     * @param limit how long the credentials provider may take
     * @param limitInQueue how long the look-up may take with its time in the queue
     */
    public TokenLookUp(
            @NonNull TokenSource source,
            @NonNull EngineRuntime runtime,
            @NonNull Executor credentials,
            @NonNull Executor mailbox,
            @NonNull Duration limit,
            @NonNull Supplier<Duration> limitInQueue,
            @NonNull Listener listener) {
        this.source = source;
        this.runtime = runtime;
        this.credentials = credentials;
        this.mailbox = mailbox;
        this.limit = limit;
        this.limitInQueue = limitInQueue;
        this.listener = listener;
    }

    /** Looks the token up, unless a look-up runs. */
    public void start() {
        if (current != 0 || stopped) {
            return;
        }
        started++;
        int number = started;
        current = number;
        FutureTask<Void> task = new FutureTask<>(() -> lookUp(number), null);
        Runnable onLimit = () -> {
            task.cancel(true);
            failed(number, new TokenUnavailableException(Problem.NO_ANSWER, ""));
        };
        timer = runtime.schedule(limitInQueue.get(), onLimit);
        credentials.execute(() -> {
            EngineRuntime.Timer inTime = runtime.schedule(limit, onLimit);
            task.run();
            inTime.cancel();
        });
    }

    /** Ignores the answer, and starts no more look-ups. */
    void stop() {
        stopped = true;
        end();
    }

    private void end() {
        current = 0;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void lookUp(int number) {
        try {
            BearerToken token = source.token();
            if (token == null) {
                throw new TokenUnavailableException(Problem.LOOKUP_FAILED, "no token");
            }
            answer(number, () -> listener.found(token));
        } catch (TokenUnavailableException e) {
            failed(number, e);
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.WARNING, "A credentials provider failed", UnexpectedFailures.withoutMessage(e));
            String what = e.getClass().getSimpleName();
            failed(number, new TokenUnavailableException(Problem.LOOKUP_FAILED, what));
        }
    }

    private void failed(int number, TokenUnavailableException e) {
        answer(number, () -> listener.failed(e));
    }

    private void answer(int number, Runnable action) {
        mailbox.execute(() -> {
            if (number == current && !stopped) {
                end();
                action.run();
            }
        });
    }
}

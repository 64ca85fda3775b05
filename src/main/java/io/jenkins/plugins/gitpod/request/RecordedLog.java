package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.LogLine;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.config.TokenLookup;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.LogEnd;
import io.jenkins.plugins.gitpod.engine.LogSink;
import io.jenkins.plugins.gitpod.engine.PrebuildLogs;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The log of a prebuild that a build has recorded, read from Gitpod when somebody asks for it, as far as Gitpod has it then.
 * The look-up of the token and all calls are made on threads of the engine; the caller waits for a limited time.
 */
@Restricted(NoExternalUse.class)
public final class RecordedLog implements LogSink {

    /** Longer than the read, which ends by itself. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private static final long MAX_CHARACTERS = 4L * 1024 * 1024;

    /** A line, or the reason why there are no more. */
    private record Item(@Nullable String line, @Nullable LogEnd end) {}

    private final String prebuildId;
    private final long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();

    /** Used by the thread that reads. */
    private long lines;

    private long characters;

    private RecordedLog(String prebuildId) {
        this.prebuildId = prebuildId;
    }

    /**
     * Starts to read. Returns at once.
     *
     * @param jobFullName the job of the build
     * @throws AbortException if there is no prebuild or no connection; the message is for people
     */
    @NonNull
    static RecordedLog open(@NonNull PrebuildLogs logs, @NonNull String jobFullName, @NonNull PrebuildRecord record)
            throws AbortException {
        PrebuildResult result = record.getResult();
        if (result == null || result.getId().isEmpty()) {
            throw new AbortException(Messages.RecordedLog_noPrebuild());
        }
        ConfiguredConnection configured = ConfiguredConnection.named(record.getConnection());
        RecordedLog log = new RecordedLog(result.getId());
        TokenSource tokens = () -> token(configured, jobFullName, record.getCredentialsId());
        logs.read(configured.connection(), tokens, result.getId(), log);
        return log;
    }

    private static BearerToken token(
            ConfiguredConnection configured, String jobFullName, @Nullable String credentialsId)
            throws TokenUnavailableException {
        Connection connection = configured.connection();
        TokenLookup lookup = new TokenLookup(connection.name(), connection.endpoint());
        TokenLookup.Found found = credentialsId == null
                ? lookup.forConnection(configured.configured(), jobFullName)
                : lookup.forItem(credentialsId, jobFullName);
        return found.token();
    }

    @Override
    public void line(@NonNull LogLine line) {
        String text = LogOutput.text(line);
        lines++;
        characters += text.length();
        if (lines <= LogOutput.MAX_LINES && characters <= MAX_CHARACTERS) {
            items.add(new Item(text, null));
        }
    }

    @Override
    public void ended(@NonNull LogEnd how) {
        items.add(new Item(null, lines > LogOutput.MAX_LINES || characters > MAX_CHARACTERS ? LogEnd.TOO_LONG : how));
    }

    /** Waits for the next line or the end. */
    private Item take() throws InterruptedException {
        Item next = items.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        return next == null ? new Item(null, LogEnd.TOO_SLOW) : next;
    }

    /** Receives a line of text. */
    @FunctionalInterface
    public interface Lines<E extends Exception> {
        void line(@NonNull String line) throws E;
    }

    /**
     * Waits for all lines.
     *
     * @param to is told each line, and at last why there are no more if this is not the whole log
     */
    public <E extends Exception> void copy(@NonNull Lines<E> to) throws E, InterruptedException {
        boolean isEmpty = true;
        while (true) {
            Item next = take();
            String line = next.line();
            if (line == null) {
                end(next.end(), isEmpty, to);
                return;
            }
            isEmpty = false;
            to.line(line);
        }
    }

    private <E extends Exception> void end(@Nullable LogEnd how, boolean isEmpty, Lines<E> to) throws E {
        if (how != null && how != LogEnd.COMPLETE) {
            String why = LogOutput.reason(how);
            to.line(
                    isEmpty
                            ? Messages.LogOutput_none(prebuildId, why)
                            : Messages.LogOutput_incomplete(prebuildId, why));
        }
    }

    /** Waits for the whole log, and returns its last lines. */
    @NonNull
    public List<String> last(int maximum) throws InterruptedException {
        Deque<String> last = new ArrayDeque<>();
        copy(line -> {
            last.add(line);
            if (last.size() > maximum) {
                last.remove();
            }
        });
        return List.copyOf(last);
    }
}

package io.jenkins.plugins.gitpod.engine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** All that the plugin logs, on every level, with stack traces and causes. Thread-safe. */
final class LogLines extends Handler implements AutoCloseable {

    private static final Logger PLUGIN = Logger.getLogger("io.jenkins.plugins.gitpod");

    private final StringBuffer text = new StringBuffer();
    private final Level levelBefore = PLUGIN.getLevel();
    private final boolean parentBefore = PLUGIN.getUseParentHandlers();

    LogLines() {
        setLevel(Level.ALL);
        PLUGIN.setLevel(Level.ALL);
        PLUGIN.setUseParentHandlers(false);
        PLUGIN.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        Object[] parameters = record.getParameters();
        String message = record.getMessage();
        text.append(parameters == null ? message : MessageFormat.format(message, parameters))
                .append('\n');
        if (record.getThrown() != null) {
            text.append(stackTrace(record.getThrown()));
        }
    }

    static String stackTrace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        return trace.toString();
    }

    String text() {
        return text.toString();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        PLUGIN.removeHandler(this);
        PLUGIN.setLevel(levelBefore);
        PLUGIN.setUseParentHandlers(parentBefore);
    }
}

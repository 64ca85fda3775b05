package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.regex.Pattern;

/** Makes texts that came from outside fit for logs: one line, not too long, and without the token. */
final class Redactor {

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\s]+");

    private final Pattern token;

    Redactor(BearerToken token) {
        // A server may have changed the case, as it does in a host name.
        this.token = Pattern.compile(Pattern.quote(token.text()), Pattern.CASE_INSENSITIVE);
    }

    boolean finds(String text) {
        return token.matcher(text).find();
    }

    /** One clean line of at most so many characters. */
    String line(@Nullable String text, int limit) {
        if (text == null) {
            return "";
        }
        String line = UNPRINTABLE.matcher(text).replaceAll(" ").strip();
        line = token.matcher(line).replaceAll("[redacted]");
        if (line.length() <= limit) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(limit - 1)) ? limit - 1 : limit;
        return line.substring(0, end);
    }

    /** The exception as a cause, null if it, or anything it carries, would print the token. */
    @CheckForNull
    Throwable cause(Throwable exception) {
        StringWriter trace = new StringWriter();
        exception.printStackTrace(new PrintWriter(trace));
        return finds(trace.toString()) ? null : exception;
    }
}

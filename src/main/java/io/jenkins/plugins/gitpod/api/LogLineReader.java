package io.jenkins.plugins.gitpod.api;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import okio.Buffer;
import okio.BufferedSource;

/** Splits the bytes of a log into lines, and keeps no more of a line than allowed. */
final class LogLineReader {

    private static final int LINE_FEED = '\n';
    private static final int CARRIAGE_RETURN = '\r';
    private static final String CUT = "…";

    private final BufferedSource source;
    private final PrebuildLog.Limits limits;
    private final Buffer line = new Buffer();
    private long bytes;
    private boolean cut;

    LogLineReader(BufferedSource source, PrebuildLog.Limits limits) {
        this.source = source;
        this.limits = limits;
    }

    PrebuildLog.End read(PrebuildLog.Lines lines) throws IOException {
        while (true) {
            int next;
            try {
                if (source.exhausted()) {
                    return line.size() == 0 || lines.line(take()) ? PrebuildLog.End.COMPLETE : PrebuildLog.End.ENOUGH;
                }
                next = source.readByte();
            } catch (SocketTimeoutException e) {
                return line.size() == 0 || lines.line(take()) ? PrebuildLog.End.SILENT : PrebuildLog.End.ENOUGH;
            }
            if (++bytes > limits.bytes()) {
                return PrebuildLog.End.TOO_LONG;
            }
            if (next == LINE_FEED) {
                if (!lines.line(take())) {
                    return PrebuildLog.End.ENOUGH;
                }
            } else if (line.size() < limits.lineLength()) {
                line.writeByte(next);
            } else {
                cut |= next != CARRIAGE_RETURN;
            }
        }
    }

    /** The line so far, which begins anew. */
    private String take() {
        String text = line.readString(StandardCharsets.UTF_8);
        if (text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        if (cut) {
            cut = false;
            return text + CUT;
        }
        return text;
    }
}

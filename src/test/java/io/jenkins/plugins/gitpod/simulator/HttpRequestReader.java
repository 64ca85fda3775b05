package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Reads HTTP/1.1 requests off one connection, one after the other. */
final class HttpRequestReader {
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;

    private final InputStream in;
    private final int connection;
    private HttpRequest received;
    private int headBytes;

    HttpRequestReader(InputStream in, int connection) {
        this.in = new BufferedInputStream(in);
        this.connection = connection;
    }

    /**
     * Waits for the next request.
     *
     * @return the request, null if the other side has closed the connection between two requests
     * @throws BrokenRequest if it breaks off or is no HTTP
     */
    @CheckForNull
    HttpRequest read() throws IOException {
        headBytes = 0;
        received = new HttpRequest(connection, "", "", "", Map.of(), new byte[0]);
        String line = readLine(true);
        while (line != null && line.isEmpty()) {
            line = readLine(true); // some clients send one too many after a body
        }
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
            received = new HttpRequest(connection, "", line, "", Map.of(), new byte[0]);
            throw broken(400, "no HTTP/1.1 request line");
        }
        received = new HttpRequest(connection, parts[0], parts[1], parts[2], readHeaders(), new byte[0]);
        return received.withBody(readBody());
    }

    private Map<String, String> readHeaders() throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = readLine(false); !line.isEmpty(); line = readLine(false)) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw broken(400, "a header line without a name");
            }
            headers.merge(line.substring(0, colon), line.substring(colon + 1).trim(), (a, b) -> a + ", " + b);
        }
        return Collections.unmodifiableMap(headers);
    }

    private byte[] readBody() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (received.header("Transfer-Encoding").equalsIgnoreCase("chunked")) {
            int length = chunkLength();
            while (length > 0) {
                readPart(body, length);
                readLine(false);
                length = chunkLength();
            }
            while (!readLine(false).isEmpty()) {
                continue; // trailers are of no interest
            }
        } else if (!received.header("Content-Length").isEmpty()) {
            readPart(body, number(received.header("Content-Length"), 10));
        }
        return body.toByteArray();
    }

    private int chunkLength() throws IOException {
        return number(readLine(false).split(";", 2)[0].trim(), 16);
    }

    private int number(String text, int radix) throws BrokenRequest {
        try {
            int number = Integer.parseInt(text, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // answered below, like a negative one
        }
        throw broken(400, "no length: " + text);
    }

    private void readPart(ByteArrayOutputStream body, int length) throws IOException {
        if (body.size() + (long) length > MAX_BODY_BYTES) {
            throw broken(413, "too large a body");
        }
        byte[] part = in.readNBytes(length);
        body.write(part, 0, part.length);
        if (part.length < length) {
            received = received.withBody(body.toByteArray());
            throw broken(0, "broke off in the body");
        }
    }

    /** The next line without its end; null only at the end of the stream and only if that is allowed here. */
    private String readLine(boolean endAllowed) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (endAllowed && line.size() == 0) {
                    return null;
                }
                throw broken(0, "broke off in the head");
            }
            if (++headBytes > MAX_HEAD_BYTES) {
                throw broken(431, "too large a head");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private BrokenRequest broken(int status, String why) {
        return new BrokenRequest(received, status, why);
    }
}

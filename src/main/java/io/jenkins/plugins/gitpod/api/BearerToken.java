package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A Gitpod API token, held so that it cannot be printed by mistake: only this package reads its text.
 * It is deliberately not serializable.
 */
public final class BearerToken {

    private static final String SALT = UUID.randomUUID().toString();

    private static final Pattern SCHEME = Pattern.compile("^Bearer(\\s+|$)", Pattern.CASE_INSENSITIVE);

    private final String text;

    private BearerToken(String text) {
        this.text = text;
    }

    /**
     * Creates a token from the text that a person entered.
     *
     * @param text the token; white space around it and the word {@code Bearer} before it are dropped
     * @return the token
     * @throws IllegalArgumentException if nothing is left, or if it contains a space or anything that is not printable
     *     ASCII, which no HTTP header may carry; the message does not contain the token
     */
    @NonNull
    public static BearerToken of(@NonNull String text) {
        String trimmed = SCHEME.matcher(text.strip()).replaceFirst("");
        if (trimmed.isEmpty()) {
            throw new IllegalArgumentException("The token is blank");
        }
        if (!trimmed.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("The token contains a space or a character that is not printable ASCII");
        }
        return new BearerToken(trimmed);
    }

    /**
     * A key for maps in memory: the same for equal tokens within one JVM, another one in the next JVM.
     *
     * @return a salted SHA-256 in lower case hex; never to be stored
     */
    @NonNull
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest((SALT + text).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }

    String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BearerToken token && text.equals(token.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "[bearer token]";
    }
}

package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * When a token expires, as far as the token itself says so: where it is a JSON Web Token (RFC 7519), by its claim
 * {@code exp}. The signature is not checked, so this serves only for a warning. Tokens of Gitpod's service accounts are
 * documented to be such tokens; the form of personal access tokens is not documented.
 */
public final class TokenExpiry {

    /** Longer ones are not looked at. */
    private static final int MAX_LENGTH = 16 * 1024;

    private static final long YEAR_10000 = 253_402_300_800L;

    private TokenExpiry() {}

    /**
     * Reads the time in a token.
     *
     * @param token the token
     * @return the time, to the second; empty if the token is no JSON Web Token, or names no end before the year 10000
     */
    @NonNull
    public static Optional<Instant> of(@NonNull BearerToken token) {
        String[] parts = token.text().split("\\.", -1);
        if (token.text().length() > MAX_LENGTH || parts.length != 3) {
            return Optional.empty();
        }
        try {
            JsonNode header = json(parts[0]);
            JsonNode expiry = json(parts[1]).path("exp");
            if (Json.text(header, "alg") == null || !expiry.isNumber()) {
                return Optional.empty();
            }
            double seconds = expiry.doubleValue(); // the standard allows fractions
            return seconds > 0 && seconds < YEAR_10000
                    ? Optional.of(Instant.ofEpochSecond((long) seconds))
                    : Optional.empty();
        } catch (UnexpectedAnswerException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static JsonNode json(String part) throws UnexpectedAnswerException {
        return Json.parse(Base64.getUrlDecoder().decode(part.getBytes(StandardCharsets.US_ASCII)));
    }
}

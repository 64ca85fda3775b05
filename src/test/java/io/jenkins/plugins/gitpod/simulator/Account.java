package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/** Somebody who may call the simulator, with one valid token at a time. All accounts share one organization. */
public final class Account {
    private final String name;
    private final String subjectId = UUID.randomUUID().toString();
    private final String organizationId;
    private final Map<String, Account> byToken;
    private volatile String token = "";
    private volatile String principal = "PRINCIPAL_USER";
    private volatile Instant tokenEnd = Instant.MAX;
    private volatile boolean readOnly;
    private volatile boolean mayCreate = true;

    Account(String name, String organizationId, Map<String, Account> byToken) {
        this.name = name;
        this.organizationId = organizationId;
        this.byToken = byToken;
        rotate();
    }

    /**
     * The name it was asked for by.
     *
     * @return the name
     */
    @NonNull
    public String name() {
        return name;
    }

    /**
     * The id that its prebuilds show as creator.
     *
     * @return a uuid
     */
    @NonNull
    public String subjectId() {
        return subjectId;
    }

    /**
     * The organization of all accounts.
     *
     * @return a uuid
     */
    @NonNull
    public String organizationId() {
        return organizationId;
    }

    /**
     * The token to call with.
     *
     * @return the token; the last one after {@link #revoke()}
     */
    @NonNull
    public String token() {
        return token;
    }

    /**
     * What kind of subject it is.
     *
     * @return {@code PRINCIPAL_USER} if not set otherwise
     */
    @NonNull
    public String principal() {
        return principal;
    }

    /**
     * Sets what kind of subject it is.
     *
     * @param kind for instance {@code PRINCIPAL_SERVICE_ACCOUNT}
     * @return this
     */
    @NonNull
    public Account principal(@NonNull String kind) {
        principal = kind;
        return this;
    }

    /**
     * Makes its token read-only: permission_denied on create, cancel and delete.
     *
     * @return this
     */
    @NonNull
    public Account readOnly() {
        readOnly = true;
        return this;
    }

    /**
     * Sets whether it may create prebuilds: permission_denied if not.
     *
     * @param allowed true at first
     * @return this
     */
    @NonNull
    public Account mayCreate(boolean allowed) {
        mayCreate = allowed;
        return this;
    }

    /**
     * Makes its token invalid: unauthenticated from now on.
     *
     * @return this
     */
    @NonNull
    public Account revoke() {
        byToken.remove(token);
        return this;
    }

    /**
     * Gives it another token; the one before is invalid from now on.
     *
     * @return the new token
     */
    @NonNull
    public String rotate() {
        useToken("sim-" + UUID.randomUUID());
        return token;
    }

    /**
     * Gives it a certain token; the one before is invalid from now on.
     *
     * @param newToken the token
     * @return this
     */
    @NonNull
    public synchronized Account useToken(@NonNull String newToken) {
        tokenEnd = Instant.MAX;
        String before = token;
        byToken.put(newToken, this);
        token = newToken;
        if (!before.equals(newToken)) {
            byToken.remove(before);
        }
        return this;
    }

    /**
     * Gives it a token in the form of a JWT, as service accounts have; the one before is invalid from now on. The signature
     * is not a valid one.
     *
     * @param end when it ends, by the simulator's clock: its {@code exp}, whole seconds
     * @return this
     */
    @NonNull
    public synchronized Account useJwt(@NonNull Instant end) {
        String header = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
        String claims = "{\"iss\":\"https://app.gitpod.io\",\"sub\":\"" + subjectId + "\",\"exp\":"
                + end.getEpochSecond() + ",\"jti\":\"" + UUID.randomUUID() + "\"}";
        useToken(base64(header) + "." + base64(claims) + "." + base64("no signature"));
        tokenEnd = end;
        return this;
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean isTokenExpired(Instant now) {
        return !now.isBefore(tokenEnd);
    }

    boolean mayWrite() {
        return !readOnly;
    }

    boolean mayCreate() {
        return mayCreate && !readOnly;
    }

    @Override
    public String toString() {
        return "account " + name;
    }
}

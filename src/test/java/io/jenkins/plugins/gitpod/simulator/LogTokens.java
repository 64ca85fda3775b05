package io.jenkins.plugins.gitpod.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The tokens for reading prebuild logs: each for one prebuild and for one hour. */
final class LogTokens {
    private static final Duration LIFETIME = Duration.ofHours(1);

    private record Grant(String prebuildId, Instant end) {}

    private final Map<String, Grant> grants = new ConcurrentHashMap<>();

    String issue(String prebuildId, Instant now) {
        String token = "log-" + UUID.randomUUID();
        grants.put(token, new Grant(prebuildId, now.plus(LIFETIME)));
        return token;
    }

    boolean allows(String token, String prebuildId, Instant now) {
        Grant grant = grants.get(token);
        return grant != null && grant.prebuildId().equals(prebuildId) && now.isBefore(grant.end());
    }
}

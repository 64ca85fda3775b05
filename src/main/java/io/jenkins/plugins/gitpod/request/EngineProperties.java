package io.jenkins.plugins.gitpod.request;

import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import java.time.Duration;
import jenkins.util.SystemProperties;

/**
 * The engine's limits with what system properties say otherwise. Each is named
 * {@code io.jenkins.plugins.gitpod.request.EngineProperties.<name>} and holds a duration such as {@code 20s} or {@code 15m}; they are
 * read when Jenkins starts.
 */
final class EngineProperties {

    private EngineProperties() {}

    static EngineSettings settings() {
        EngineSettings defaults = EngineSettings.defaults();
        return new EngineSettings(
                limit("pollInterval", defaults.pollInterval()),
                defaults.longestPollInterval(),
                limit("connectBudget", defaults.connectBudget()),
                defaults.createPatience(),
                limit("readLag", defaults.readLag()),
                defaults.clockSkew(),
                limit("failureBudget", defaults.failureBudget()),
                defaults.defaultTimeout(),
                defaults.snapshotAllowance(),
                defaults.snapshotStall(),
                defaults.cancelRecheck(),
                defaults.cancelBudget(),
                limit("lateLook", defaults.lateLook()),
                defaults.credentialLimit(),
                limit("warmPoolLimit", defaults.warmPoolLimit()));
    }

    /** How long prebuilds may be cancelled in favor of newer ones before one has to complete. */
    static Duration cancelPreviousLimit() {
        return limit("cancelPreviousLimit", Duration.ofMinutes(60));
    }

    /** How long a build may have phases of its prebuilds that are not saved. */
    static Duration saveDelay() {
        return limit("saveDelay", Duration.ofMinutes(1));
    }

    static ClientLimits client() {
        ClientLimits defaults = ClientLimits.defaults();
        return new ClientLimits(
                limit("connectTimeout", defaults.connect()),
                limit("readTimeout", defaults.read()),
                limit("callTimeout", defaults.call()),
                defaults.maxResponseBytes());
    }

    private static Duration limit(String name, Duration otherwise) {
        Duration limit = SystemProperties.getDuration(EngineProperties.class.getName() + "." + name, otherwise);
        return limit == null || limit.isNegative() || limit.isZero() ? otherwise : limit;
    }
}

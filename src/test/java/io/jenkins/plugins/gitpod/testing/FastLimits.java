package io.jenkins.plugins.gitpod.testing;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes the engine of the tests' Jenkins look often and give up soon. It stands before the extension that starts Jenkins,
 * for the limits are read then.
 */
public final class FastLimits implements BeforeAllCallback, AfterAllCallback {

    private static final String PREFIX = "io.jenkins.plugins.gitpod.request.EngineProperties.";

    /** The system properties, by name. */
    public static Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(PREFIX + "pollInterval", "200ms");
        properties.put(PREFIX + "connectBudget", "2s");
        properties.put(PREFIX + "readLag", "2s");
        properties.put(PREFIX + "failureBudget", "5s");
        properties.put(PREFIX + "lateLook", "10s");
        return properties;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        properties().forEach(System::setProperty);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        properties().keySet().forEach(System::clearProperty);
    }
}

package io.jenkins.plugins.gitpod.testing;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has the tests' Jenkins send its Content-Security-Policy as one that browsers enforce. It stands before the extension
 * that starts Jenkins.
 */
public final class EnforcedPolicy implements BeforeAllCallback, AfterAllCallback {

    private static final String NAME = "jenkins.security.csp.CspHeader.headerName";

    @Override
    public void beforeAll(ExtensionContext context) {
        System.setProperty(NAME, "Content-Security-Policy");
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.clearProperty(NAME);
    }
}

package io.jenkins.plugins.gitpod.testing;

import java.util.Locale;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * English texts in tests that compare them, whatever the language of the machine. Only tests without Jenkins need it: the
 * test harness does the same.
 */
public final class EnglishTexts implements BeforeAllCallback, AfterAllCallback {

    private Locale before = Locale.getDefault();

    @Override
    public void beforeAll(ExtensionContext context) {
        before = Locale.getDefault();
        Locale.setDefault(Locale.ENGLISH);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Locale.setDefault(before);
    }
}

package io.jenkins.plugins.gitpod.browser;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jvnet.hudson.test.JenkinsRule;

/** What the runs in a browser have in common. */
abstract class BrowserTestBase {

    static final Path IMAGES = Path.of("docs", "images");
    static final Duration SOON = Duration.ofSeconds(30);
    static final int WIDTH = 1280;
    static final int HEIGHT = 1200;

    JenkinsRule jenkins;
    Chromium browser;

    void open(String path) throws IOException {
        browser.open(jenkins.getURL() + path);
    }

    void logIn() throws IOException {
        open("login");
        browser.type("//input[@name='j_username']", "alice");
        browser.type("//input[@name='j_password']", "alice");
        browser.click("//button[@name='Submit']");
        await().atMost(SOON).until(() -> !browser.url().contains("login"));
    }

    /** Waits for animations that end: neither those that repeat endlessly, nor those that follow scrolling. */
    private void awaitStill() {
        await().atMost(SOON)
                .until(() -> browser.run("return document.getAnimations().every(a => a.playState !== 'running'"
                                + " || !(a.timeline instanceof DocumentTimeline)"
                                + " || a.effect.getTiming().iterations === Infinity)")
                        .asBoolean());
    }

    /** A picture of these elements, in a window in which nothing covers them. */
    void picture(String name, String xpath) throws IOException {
        browser.size(WIDTH, 2400);
        awaitStill();
        browser.screenshot(xpath, IMAGES.resolve(name + ".png"));
        browser.size(WIDTH, HEIGHT);
    }

    /** Nothing of ours is against the policy, and no script of somebody else's has run. */
    void assertClean(String where) {
        assertThat(
                where,
                browser.complaints().stream()
                        .filter(line -> line.toLowerCase(Locale.ROOT).contains("content security policy")
                                || line.contains("Uncaught"))
                        .toList(),
                is(empty()));
        assertTrue(browser.run("return window.hacked === undefined").asBoolean(), where);
    }
}

package io.jenkins.plugins.gitpod.browser;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Chromium of one's own, driven over the WebDriver protocol by the {@code chromedriver} on the path. A few calls of it
 * are enough here, so there is no library.
 */
final class Chromium implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern PORT = Pattern.compile("successfully on port (\\d+)");
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

    /** The rectangle around all elements of an XPath, and a margin, in which nothing else is visible. */
    private static final String AREA = """
            const found = document.evaluate("%s", document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
            const shown = [...Array(found.snapshotLength).keys()].map(i => found.snapshotItem(i));
            document.querySelectorAll('body *').forEach(e => {
              e.style.transition = 'none';
              e.style.visibility = 'hidden';
            });
            shown.forEach(e => [e, ...e.querySelectorAll('*')].forEach(each => each.style.visibility = ''));
            shown.forEach(e => e.style.visibility = 'visible');
            const boxes = shown.map(e => e.getBoundingClientRect()).filter(box => box.width > 0 && box.height > 0);
            const margin = 14;
            const x = Math.max(0, Math.min(...boxes.map(box => box.left)) + window.scrollX - margin);
            const y = Math.max(0, Math.min(...boxes.map(box => box.top)) + window.scrollY - margin);
            return {
              x: x,
              y: y,
              width: Math.max(...boxes.map(box => box.right)) + window.scrollX + margin - x,
              height: Math.max(...boxes.map(box => box.bottom)) + window.scrollY + margin - y
            };
            """;

    private final Process driver;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String session;

    Chromium(Path profile) throws IOException {
        driver = new ProcessBuilder("chromedriver", "--port=0")
                .redirectErrorStream(true)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
        String port = null;
        for (String line = output.readLine(); port == null && line != null; line = output.readLine()) {
            Matcher said = PORT.matcher(line);
            port = said.find() ? said.group(1) : null;
            if (port != null) {
                break;
            }
        }
        if (port == null) {
            throw new IOException("chromedriver did not start");
        }
        Thread drain = new Thread(() -> output.lines().forEach(line -> {}), "chromedriver output");
        drain.setDaemon(true);
        drain.start();

        ObjectNode capabilities = MAPPER.createObjectNode();
        ObjectNode wanted = capabilities.putObject("capabilities").putObject("alwaysMatch");
        wanted.put("browserName", "chrome");
        wanted.putObject("goog:loggingPrefs").put("browser", "ALL");
        var arguments = wanted.putObject("goog:chromeOptions").putArray("args");
        List.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--force-color-profile=srgb",
                        "--window-size=1280,1200",
                        "--user-data-dir=" + profile)
                .forEach(arguments::add);
        String base = "http://127.0.0.1:" + port + "/session";
        session =
                base + "/" + send("POST", base, capabilities).path("sessionId").asText();
    }

    private JsonNode send(String verb, String url, @CheckForNull JsonNode body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofMinutes(2))
                .method(
                        verb,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode value = MAPPER.readTree(response.body()).path("value");
            if (response.statusCode() != 200) {
                throw new IllegalStateException(verb + " " + url + ": "
                        + value.path("message").asText().lines().findFirst().orElse(""));
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    void open(String url) {
        send("POST", session + "/url", object().put("url", url));
    }

    String url() {
        return send("GET", session + "/url", null).asText();
    }

    /** Waits for an element that is shown, and brings it into view. */
    String find(String xpath) {
        List<String> found = new ArrayList<>();
        await("shown: " + xpath).atMost(SOON).ignoreExceptions().until(() -> {
            found.clear();
            for (JsonNode each : send(
                    "POST",
                    session + "/elements",
                    object().put("using", "xpath").put("value", xpath))) {
                String id = each.path(ELEMENT).asText();
                if (send("GET", session + "/element/" + id + "/displayed", null).asBoolean()) {
                    found.add(id);
                    return true;
                }
            }
            return false;
        });
        String id = found.get(0);
        onElement("arguments[0].scrollIntoView({block: 'center'})", id);
        return id;
    }

    boolean isShown(String xpath) {
        for (JsonNode each : send(
                "POST", session + "/elements", object().put("using", "xpath").put("value", xpath))) {
            if (send("GET", session + "/element/" + each.path(ELEMENT).asText() + "/displayed", null)
                    .asBoolean()) {
                return true;
            }
        }
        return false;
    }

    void click(String xpath) {
        await("clicked: " + xpath).atMost(SOON).ignoreExceptions().until(() -> {
            send("POST", session + "/element/" + find(xpath) + "/click", object());
            return true;
        });
    }

    void type(String xpath, String text) {
        String id = find(xpath);
        send("POST", session + "/element/" + id + "/clear", object());
        send("POST", session + "/element/" + id + "/value", object().put("text", text));
        onElement("arguments[0].dispatchEvent(new Event('change', {bubbles: true}))", id);
    }

    /** Types without saying that the value has changed, as one does before picking a suggestion. */
    void typeOnly(String xpath, String text) {
        String id = find(xpath);
        send("POST", session + "/element/" + id + "/value", object().put("text", text));
    }

    String value(String xpath) {
        return send("GET", session + "/element/" + find(xpath) + "/property/value", null)
                .asText();
    }

    String text(String xpath) {
        return send("GET", session + "/element/" + find(xpath) + "/text", null).asText();
    }

    JsonNode run(String script) {
        ObjectNode body = object().put("script", script);
        body.putArray("args");
        return send("POST", session + "/execute/sync", body);
    }

    private void onElement(String script, String id) {
        ObjectNode body = object().put("script", script);
        body.putArray("args").addObject().put(ELEMENT, id);
        send("POST", session + "/execute/sync", body);
    }

    void size(int width, int height) {
        send("POST", session + "/window/rect", object().put("width", width).put("height", height));
    }

    /** A picture of these elements only, with a margin. */
    void screenshot(String xpath, Path file) throws IOException {
        find(xpath);
        ObjectNode clip = (ObjectNode) run(AREA.formatted(xpath));
        ObjectNode command = object().put("cmd", "Page.captureScreenshot");
        command.putObject("params").put("format", "png").set("clip", clip.put("scale", 1));
        String png = send("POST", session + "/goog/cdp/execute", command)
                .path("data")
                .asText();
        run("document.querySelectorAll('body *').forEach(e => e.style.transition = e.style.visibility = '')");
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(png));
    }

    /** Presses a key, on whatever has the focus. */
    void press(String key) {
        ObjectNode body = object();
        ObjectNode keyboard =
                body.putArray("actions").addObject().put("type", "key").put("id", "keyboard");
        keyboard.putArray("actions")
                .add(object().put("type", "keyDown").put("value", key))
                .add(object().put("type", "keyUp").put("value", key));
        send("POST", session + "/actions", body);
    }

    void focus(String xpath) {
        onElement("arguments[0].focus()", find(xpath));
    }

    /** What the browser complained of since the last call: script errors, violations of the security policy. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (JsonNode each : send("POST", session + "/se/log", object().put("type", "browser"))) {
            complaints.add(
                    each.path("level").asText() + " " + each.path("message").asText());
        }
        return complaints;
    }

    @Override
    public void close() {
        try {
            send("DELETE", session, null);
        } finally {
            driver.destroy();
        }
    }
}

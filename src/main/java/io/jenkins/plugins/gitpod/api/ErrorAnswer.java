package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Response;

/** Makes failures from error responses of the server, or of a proxy in front of it. */
final class ErrorAnswer {

    private static final int DETAIL_LIMIT = 500;
    private static final int LABEL_LIMIT = 100;
    private static final int PATH_LIMIT = 200;
    private static final int MAX_ACTIONS = 3;

    private final Redactor redactor;

    ErrorAnswer(Redactor redactor) {
        this.redactor = redactor;
    }

    /** An answer that is larger than allowed. For an error, the status says enough. */
    GitpodException tooLarge(String method, Response response, long limit) {
        Delivery delivery = response.isSuccessful() ? Delivery.UNCLEAR : Delivery.ANSWERED;
        return described(Kind.TOO_LARGE, delivery, method, response, new byte[0])
                .retryAfter(wait(MissingNode.getInstance(), response))
                .technical("more than " + limit + " bytes")
                .build();
    }

    /** A success status without the expected content: it is not known whether the server acted. */
    GitpodException unreadable(String method, Response response, byte[] body, String why) {
        return described(Kind.UNREADABLE, Delivery.UNCLEAR, method, response, body)
                .technical(why)
                .build();
    }

    /** A status that is not success. */
    GitpodException of(String method, Response response, byte[] body) {
        String location = response.header("Location");
        if (response.code() / 100 == 3 && location != null) {
            HttpUrl from = response.request().url();
            String target = RedirectTarget.of(from, location, redactor);
            return described(Kind.REDIRECT, Delivery.ANSWERED, method, response, body)
                    .redirectTarget(target)
                    .redirectBase(RedirectTarget.base(from, target))
                    .build();
        }
        JsonNode error = connectError(body);
        if (error == null) {
            return described(Kind.HTTP_ERROR, Delivery.ANSWERED, method, response, body)
                    .retryAfter(wait(MissingNode.getInstance(), response))
                    .build();
        }
        return described(Kind.API_ERROR, Delivery.ANSWERED, method, response, body)
                .code(ErrorCode.byWireName(Json.text(error, "code"))
                        .orElseGet(() -> ErrorCode.byHttpStatus(response.code())))
                .detail(redactor.line(personalMessage(error), DETAIL_LIMIT))
                .actions(actions(error))
                .retryAfter(wait(error.path("details"), response))
                .build();
    }

    /** An error at the end of a stream that began with a success status. */
    GitpodException inStream(String method, JsonNode error) {
        return GitpodException.of(Kind.API_ERROR, Delivery.ANSWERED, method)
                .code(ErrorCode.byWireName(Json.text(error, "code")).orElse(ErrorCode.UNKNOWN))
                .detail(redactor.line(personalMessage(error), DETAIL_LIMIT))
                .actions(actions(error))
                .retryAfter(RetryWait.of(error.path("details"), Headers.of()))
                .build();
    }

    private GitpodException.Builder described(
            Kind kind, Delivery delivery, String method, Response response, byte[] body) {
        String type = response.header("Content-Type");
        return GitpodException.of(kind, delivery, method)
                .httpStatus(response.code())
                .code(ErrorCode.byHttpStatus(response.code()))
                .contentType(type == null ? null : redactor.line(type, 100))
                .sentHtml(isHtml(type, body));
    }

    @CheckForNull
    private static JsonNode connectError(byte[] body) {
        try {
            JsonNode node = Json.parse(body);
            return Json.text(node, "code") == null ? null : node;
        } catch (UnexpectedAnswerException e) {
            return null;
        }
    }

    @CheckForNull
    private static String personalMessage(JsonNode error) {
        for (JsonNode hint : hints(error)) {
            String text = Json.text(hint, "userMessage");
            if (text != null) {
                return text;
            }
        }
        return Json.text(error, "message");
    }

    private List<ErrorAction> actions(JsonNode error) {
        List<ErrorAction> actions = new ArrayList<>();
        for (JsonNode hint : hints(error)) {
            for (JsonNode action : hint.path("actions")) {
                String label = redactor.line(Json.text(action, "label"), LABEL_LIMIT);
                if (!label.isEmpty() && actions.size() < MAX_ACTIONS) {
                    actions.add(new ErrorAction(label, path(action)));
                }
            }
        }
        return actions;
    }

    /** A path that is too long is dropped: if it were cut, it would be another page. */
    private String path(JsonNode action) {
        String path = redactor.line(Json.text(action, "dashboardPath"), PATH_LIMIT + 1);
        return path.length() > PATH_LIMIT ? "" : path;
    }

    /** The readable form of the details that are meant for people. */
    private static List<JsonNode> hints(JsonNode error) {
        List<JsonNode> hints = new ArrayList<>();
        for (JsonNode detail : error.path("details")) {
            if (detail.path("type").asText().endsWith("gitpod.v1.ActionableErrorDetails")) {
                hints.add(detail.path("debug"));
            }
        }
        return hints;
    }

    @CheckForNull
    private static Duration wait(JsonNode details, Response response) {
        return RetryWait.of(details, response.headers());
    }

    private static boolean isHtml(String contentType, byte[] body) {
        if (contentType != null && contentType.contains("html")) {
            return true;
        }
        int length = Math.min(body.length, 200);
        return new String(body, 0, length, StandardCharsets.ISO_8859_1)
                .stripLeading()
                .startsWith("<");
    }
}

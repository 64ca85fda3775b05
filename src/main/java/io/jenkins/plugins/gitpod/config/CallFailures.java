package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.Connection;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.stream.Collectors;

/**
 * Makes messages about failed calls: what happened and what to do. The texts are in {@code Messages.properties}. The class
 * does not use Jenkins.
 */
public final class CallFailures {

    private static final ResourceBundle TEXTS =
            ResourceBundle.getBundle("io.jenkins.plugins.gitpod.Messages", Locale.ROOT);

    private CallFailures() {}

    private static String text(String key, Object... args) {
        return new MessageFormat(TEXTS.getString("CallFailures." + key), Locale.ROOT).format(args);
    }

    /** A message about a failed call. It may contain texts of the server, which have to be escaped for HTML. */
    @NonNull
    public static String explain(@NonNull GitpodException e, @NonNull Connection connection) {
        String host = Objects.toString(connection.endpoint().apiUrl().getAuthority(), "");
        String name = connection.name();
        return switch (e.kind()) {
            case UNKNOWN_HOST -> text("unknownHost", host, name);
            case CONNECT_FAILED -> text("connectFailed", host, name);
            case CONNECT_TIMEOUT -> text("connectTimeout", host, name);
            case TLS -> text("tls", host, name);
            case PROXY -> text("proxy", host);
            case CONNECTION_LOST -> text("connectionLost", host);
            case CALL_TIMEOUT -> text("callTimeout", host);
            case REDIRECT ->
                e.redirectBase()
                        .filter(CallFailures::isApiUrl)
                        .map(base -> text("redirectToBase", host, base, name))
                        .orElseGet(
                                () -> text("redirect", host, e.redirectTarget().orElse("?"), name));
            case TOO_LARGE -> text("tooLarge", host);
            case UNREADABLE -> e.sentHtml() ? text("html", host, e.httpStatus(), name) : text("unreadable", host);
            default -> answered(e, name, host) + suggestions(e, connection.endpoint());
        };
    }

    private static boolean isApiUrl(String url) {
        try {
            GitpodEndpoint.parse(url);
            return true;
        } catch (InvalidEndpointException e) {
            return false;
        }
    }

    /** The suggestions of the server. A path becomes a URL only if it is one of the Gitpod dashboard. */
    private static String suggestions(GitpodException e, GitpodEndpoint endpoint) {
        String actions = e.actions().stream()
                .map(action -> endpoint.dashboardPage(action.dashboardPath())
                        .map(page -> action.label() + " (" + page + ")")
                        .orElse(action.label()))
                .collect(Collectors.joining("; "));
        return actions.isEmpty() ? "" : " " + text("suggestions", actions);
    }

    private static boolean isCreate(GitpodException e) {
        return e.method().equals("CreatePrebuild") && e.kind() == GitpodException.Kind.API_ERROR;
    }

    private static String answered(GitpodException e, String name, String host) {
        String detail = e.detail().isEmpty() ? "HTTP " + e.httpStatus() : e.detail();
        return switch (e.code()) {
            case UNAUTHENTICATED -> text("unauthenticated", detail);
            case PERMISSION_DENIED -> text(isCreate(e) ? "createDenied" : "permissionDenied", detail);
            case NOT_FOUND -> text("notFound", detail);
            case UNIMPLEMENTED -> text("unimplemented", host, e.httpStatus(), name);
            case RESOURCE_EXHAUSTED -> e.retryAfter().isPresent() ? text("rateLimit", detail) : text("quota", detail);
            case FAILED_PRECONDITION ->
                isCreate(e)
                        ? text("createNotPossible", detail)
                        : text("answer", e.code().wireName(), detail);
            default ->
                e.kind() == GitpodException.Kind.HTTP_ERROR && e.detail().isEmpty()
                        ? text("status", host, e.httpStatus())
                        : text("answer", e.code().wireName(), detail);
        };
    }
}

package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.Connection;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Makes messages about failed calls: what happened and what to do. The class does not use Jenkins.
 */
public final class CallFailures {

    private CallFailures() {}

    /** A message about a failed call. It may contain texts of the server, which have to be escaped for HTML. */
    @NonNull
    public static String explain(@NonNull GitpodException e, @NonNull Connection connection) {
        String host = Objects.toString(connection.endpoint().apiUrl().getAuthority(), "");
        String name = connection.name();
        return switch (e.kind()) {
            case UNKNOWN_HOST -> Messages.CallFailures_unknownHost(host, name);
            case CONNECT_FAILED -> Messages.CallFailures_connectFailed(host, name);
            case CONNECT_TIMEOUT -> Messages.CallFailures_connectTimeout(host, name);
            case TLS -> Messages.CallFailures_tls(host, name);
            case PROXY -> Messages.CallFailures_proxy(host);
            case CONNECTION_LOST -> Messages.CallFailures_connectionLost(host);
            case CALL_TIMEOUT -> Messages.CallFailures_callTimeout(host);
            case REDIRECT ->
                e.redirectBase()
                        .filter(CallFailures::isApiUrl)
                        .map(base -> Messages.CallFailures_redirectToBase(host, base, name))
                        .orElseGet(() -> Messages.CallFailures_redirect(
                                host, e.redirectTarget().orElse("?"), name));
            case TOO_LARGE -> Messages.CallFailures_tooLarge(host);
            case UNREADABLE ->
                e.sentHtml()
                        ? Messages.CallFailures_html(host, e.httpStatus(), name)
                        : Messages.CallFailures_unreadable(host);
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
        return actions.isEmpty() ? "" : " " + Messages.CallFailures_suggestions(actions);
    }

    private static boolean isCreate(GitpodException e) {
        return e.method().equals("CreatePrebuild") && e.kind() == GitpodException.Kind.API_ERROR;
    }

    private static String answered(GitpodException e, String name, String host) {
        String detail = e.detail().isEmpty() ? "HTTP " + e.httpStatus() : e.detail();
        return switch (e.code()) {
            case UNAUTHENTICATED -> Messages.CallFailures_unauthenticated(detail);
            case PERMISSION_DENIED ->
                isCreate(e)
                        ? Messages.CallFailures_createDenied(detail)
                        : Messages.CallFailures_permissionDenied(detail);
            case NOT_FOUND -> Messages.CallFailures_notFound(detail);
            case UNIMPLEMENTED -> Messages.CallFailures_unimplemented(host, e.httpStatus(), name);
            case RESOURCE_EXHAUSTED ->
                e.retryAfter().isPresent()
                        ? Messages.CallFailures_rateLimit(detail)
                        : Messages.CallFailures_quota(detail);
            case FAILED_PRECONDITION ->
                isCreate(e)
                        ? Messages.CallFailures_createNotPossible(detail)
                        : Messages.CallFailures_answer(e.code().wireName(), detail);
            default ->
                e.kind() == GitpodException.Kind.HTTP_ERROR && e.detail().isEmpty()
                        ? Messages.CallFailures_status(host, e.httpStatus())
                        : Messages.CallFailures_answer(e.code().wireName(), detail);
        };
    }
}

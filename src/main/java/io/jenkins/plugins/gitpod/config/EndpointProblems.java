package io.jenkins.plugins.gitpod.config;

import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;

/** What is wrong with an API URL, in words. */
final class EndpointProblems {

    private EndpointProblems() {}

    static String message(InvalidEndpointException e) {
        return switch (e.problem()) {
            case BLANK -> Messages.EndpointProblems_blank();
            case NOT_A_URL -> Messages.EndpointProblems_notAUrl();
            case NOT_HTTPS -> Messages.EndpointProblems_notHttps();
            case NO_HOST -> Messages.EndpointProblems_noHost();
            case USER_INFO -> Messages.EndpointProblems_userInfo();
            case QUERY -> Messages.EndpointProblems_query();
            case FRAGMENT -> Messages.EndpointProblems_fragment();
        };
    }
}

package io.jenkins.plugins.gitpod.api;

/** An answer with a success status that is not what the method answers. The message contains nothing of its content. */
final class UnexpectedAnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    UnexpectedAnswerException(String message) {
        super(message);
    }
}

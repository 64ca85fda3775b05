package io.jenkins.plugins.gitpod.decision;

/** There is nothing to decide on. The message is for people. */
final class NothingFoundException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean isFault;

    NothingFoundException(String message, boolean isFault) {
        super(message);
        this.isFault = isFault;
    }

    /** Whether somebody has to correct something; otherwise the request is skipped. */
    boolean isFault() {
        return isFault;
    }
}

package io.jenkins.plugins.gitpod.simulator;

/** A handler of a path. */
interface Route {
    /** The name in the records, for instance {@code CreatePrebuild}. */
    String name();

    /** Does what is asked; an {@link ApiError} if it is refused. */
    Answer answer(HttpRequest request) throws ApiError;
}

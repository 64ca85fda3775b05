package io.jenkins.plugins.gitpod.simulator;

/** Something behind a path. */
interface Route {
    /** The name in the books, for instance {@code CreatePrebuild}. */
    String name();

    /** Does what is asked; an {@link ApiError} if it is refused. */
    Answer answer(HttpRequest request) throws ApiError;
}

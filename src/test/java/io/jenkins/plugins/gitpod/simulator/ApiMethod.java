package io.jenkins.plugins.gitpod.simulator;

/** One unary method of the API. What is no POST of JSON is refused as a Connect server does. */
final class ApiMethod implements Route {
    /** What a method does once the call is let in. */
    @FunctionalInterface
    interface Work {
        Answer answer(CallContext context) throws ApiError;
    }

    private final String name;
    private final Admission admission;
    private final Work work;

    ApiMethod(String name, Admission admission, Work work) {
        this.name = name;
        this.admission = admission;
        this.work = work;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Answer answer(HttpRequest request) throws ApiError {
        request.mustBePost();
        if (!request.mediaType().equals(Answer.JSON)) {
            throw new ApiError(Answer.empty(415).withHeader("Accept-Post", Answer.JSON), "not JSON");
        }
        return work.answer(admission.admit(request, request.body()));
    }
}

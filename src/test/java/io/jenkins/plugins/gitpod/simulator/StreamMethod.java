package io.jenkins.plugins.gitpod.simulator;

import java.util.Set;

/**
 * The method that answers with a stream. The request's content type chooses the dialect; one that the server does not
 * speak is a 415.
 */
final class StreamMethod implements Route {
    private final String name;
    private final Admission admission;
    private final EventService service;
    private final SimEvents events;

    StreamMethod(String name, Admission admission, EventService service, SimEvents events) {
        this.name = name;
        this.admission = admission;
        this.service = service;
        this.events = events;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Answer answer(HttpRequest request) throws ApiError {
        request.mustBePost();
        StreamDialect dialect = dialect(request);
        try {
            return service.watch(admission.admit(request, dialect.request(request.body())), dialect);
        } catch (ApiError e) {
            throw new ApiError(dialect.refusal(e.answer()), e.getMessage());
        }
    }

    private StreamDialect dialect(HttpRequest request) throws ApiError {
        Set<StreamDialect> spoken = events.spoken();
        for (StreamDialect dialect : spoken) {
            if (dialect.isMeant(request)) {
                return dialect;
            }
        }
        String accepted =
                String.join(", ", spoken.stream().map(StreamDialect::mediaType).toList());
        throw new ApiError(Answer.empty(415).withHeader("Accept-Post", accepted), "an unknown stream dialect");
    }
}

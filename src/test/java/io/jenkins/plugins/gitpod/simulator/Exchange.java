package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** One request between its arrival and its end: what a fault may do with it. Records come before the response. */
final class Exchange {
    private final HttpRequest request;
    private final ResponseWriter writer;
    private final Records.Entry entry;

    @CheckForNull
    private final Route route;

    private Answer honest;

    Exchange(HttpRequest request, ResponseWriter writer, Records.Entry entry, @CheckForNull Route route) {
        this.request = request;
        this.writer = writer;
        this.entry = entry;
        this.route = route;
    }

    /** Does what is asked, once, and gives the answer that it deserves. */
    Answer act() {
        if (honest == null) {
            honest = answer();
        }
        return honest;
    }

    private Answer answer() {
        if (route == null) {
            return Answer.html(404, "404 page not found");
        }
        try {
            Answer answer = route.answer(request);
            entry.acted();
            return answer;
        } catch (ApiError e) {
            return e.answer();
        }
    }

    void send(Answer answer) throws IOException, InterruptedException {
        entry.answered(answer.status());
        writer.send(answer, withBody());
    }

    /** Sends only the head; the caller sends the rest through {@link #writer()}. */
    void sendHead(Answer answer, String lengthHeader) throws IOException {
        entry.answered(answer.status());
        writer.sendHead(answer, lengthHeader);
    }

    ResponseWriter writer() {
        return writer;
    }

    /** The path below the API's base, from the service's name on. */
    String methodPath() {
        return request.target().substring(Math.max(0, request.target().indexOf("/gitpod.v1.")));
    }

    void pause(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
    }

    private boolean withBody() {
        return !"HEAD".equals(request.method());
    }
}

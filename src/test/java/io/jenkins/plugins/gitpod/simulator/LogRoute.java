package io.jenkins.plugins.gitpod.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The logs of prebuilds: for logs tokens only, as a stream that ends with the environment. */
final class LogRoute implements Route {
    static final String PATH = "/logs/";

    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final long POLL_MILLIS = 20;

    private final SimulatorState state;
    private final Records records;

    LogRoute(SimulatorState state, Records records) {
        this.state = state;
        this.records = records;
    }

    @Override
    public String name() {
        return "Logs";
    }

    @Override
    public Answer answer(HttpRequest request) throws ApiError {
        if (!"GET".equals(request.method())) {
            throw new ApiError(Answer.empty(405).withHeader("Allow", "GET"), "not a GET");
        }
        String id = request.path().substring(PATH.length());
        String token = Bearer.token(request);
        if (state.accountByToken(token) != null) {
            records.violation("The API token was sent to the log URL " + request.path());
        }
        if (!state.logTokens().allows(token, id, state.now())) {
            throw refusal(401, "no valid logs token");
        }
        SimPrebuild prebuild = state.prebuild(id, state.now());
        if (!prebuild.hasLog()) {
            throw refusal(404, "no log");
        }
        int cuts = state.streamCuts();
        return Answer.streaming(PLAIN, chunks -> stream(prebuild, cuts, chunks));
    }

    private static ApiError refusal(int status, String why) {
        return new ApiError(new Answer(status, PLAIN, Map.of(), why.getBytes(StandardCharsets.UTF_8), null), why);
    }

    private void stream(SimPrebuild prebuild, int cuts, Answer.Chunks chunks) throws IOException, InterruptedException {
        int sent = 0;
        boolean last = false;
        while (!last) {
            last = !prebuild.hasLog() || !prebuild.isActive();
            List<String> lines = prebuild.logLines();
            while (sent < lines.size()) {
                chunks.send((lines.get(sent++) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            if (state.streamCuts() != cuts) {
                throw new IOException("cut");
            }
            if (!last) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }
}

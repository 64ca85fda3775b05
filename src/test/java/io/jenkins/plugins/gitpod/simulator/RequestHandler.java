package io.jenkins.plugins.gitpod.simulator;

import java.io.IOException;

/** Records each request, then lets the service or a fault handle it. */
final class RequestHandler implements HttpServer.Handler {
    private final Routes routes;
    private final Records records;
    private final Faults faults;

    RequestHandler(Routes routes, Records records, Faults faults) {
        this.routes = routes;
        this.records = records;
        this.faults = faults;
    }

    @Override
    public void handle(HttpRequest request, ResponseWriter writer) throws IOException, InterruptedException {
        Route route = routes.find(request.path());
        Records.Entry entry = records.open(route == null ? "" : route.name(), request);
        Exchange exchange = new Exchange(request, writer, entry, route);
        Fault fault = faults.next(entry.call());
        if (fault == null) {
            exchange.send(exchange.act());
        } else {
            entry.met(fault);
            fault.apply(exchange);
        }
    }

    @Override
    public void handleBroken(BrokenRequest broken, ResponseWriter writer) throws IOException, InterruptedException {
        Route route = routes.find(broken.received().path());
        Records.Entry entry = records.open(route == null ? "" : route.name(), broken.received());
        if (broken.status() != 0) {
            entry.answered(broken.status());
            writer.send(Answer.empty(broken.status()).withHeader("Connection", "close"), false);
        }
    }
}

package io.jenkins.plugins.gitpod.simulator;

import java.io.IOException;

/** Takes each request, writes it down, and lets either the service or a fault have it. */
final class Desk implements HttpServer.Handler {
    private final Routes routes;
    private final Books books;
    private final Faults faults;

    Desk(Routes routes, Books books, Faults faults) {
        this.routes = routes;
        this.books = books;
        this.faults = faults;
    }

    @Override
    public void handle(HttpRequest request, Wire wire) throws IOException, InterruptedException {
        Route route = routes.find(request.path());
        Books.Entry entry = books.open(route == null ? "" : route.name(), request);
        Turn turn = new Turn(request, wire, entry, route);
        Fault fault = faults.next(entry.call());
        if (fault == null) {
            turn.send(turn.act());
        } else {
            entry.met(fault);
            fault.play(turn);
        }
    }

    @Override
    public void handleBroken(BrokenRequest broken, Wire wire) throws IOException, InterruptedException {
        Route route = routes.find(broken.received().path());
        Books.Entry entry = books.open(route == null ? "" : route.name(), broken.received());
        if (broken.status() != 0) {
            entry.answered(broken.status());
            wire.send(Answer.empty(broken.status()).withHeader("Connection", "close"), false);
        }
    }
}

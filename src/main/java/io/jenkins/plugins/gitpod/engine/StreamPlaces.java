package io.jenkins.plugins.gitpod.engine;

/** How many event streams there may be in all: each costs a thread and a connection. */
final class StreamPlaces {

    private int free;

    StreamPlaces(int places) {
        free = places;
    }

    synchronized boolean take() {
        if (free == 0) {
            return false;
        }
        free--;
        return true;
    }

    synchronized void giveBack() {
        free++;
    }
}

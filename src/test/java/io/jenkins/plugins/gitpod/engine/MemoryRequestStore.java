package io.jenkins.plugins.gitpod.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A request store in memory that remembers all saves, and fails on demand. */
final class MemoryRequestStore implements RequestStore {

    private final Map<UUID, SavedRequest> open = new LinkedHashMap<>();
    private final List<SavedRequest> saves = new ArrayList<>();
    private final List<UUID> closed = new ArrayList<>();
    private boolean failing;
    private boolean broken;

    @Override
    public synchronized void save(SavedRequest request) throws IOException {
        if (broken) {
            throw new IllegalStateException("the disk is on fire");
        }
        if (failing) {
            throw new IOException("disk full");
        }
        saves.add(request);
        open.put(request.request().requestId(), request);
    }

    @Override
    public synchronized void close(UUID requestId) {
        closed.add(requestId);
        open.remove(requestId);
    }

    /** The prebuilds of all that was ever closed. */
    synchronized List<String> closedPrebuilds() {
        return saves.stream()
                .filter(saved -> saved.prebuildId() != null)
                .filter(saved -> closed.contains(saved.request().requestId()))
                .map(SavedRequest::prebuildId)
                .distinct()
                .toList();
    }

    /** Whether saves fail from now on. */
    synchronized void failing(boolean nowFailing) {
        failing = nowFailing;
    }

    /** Whether saves throw from now on an exception that no store should throw. */
    synchronized void broken(boolean nowBroken) {
        broken = nowBroken;
    }

    /** What would be read after a crash. */
    synchronized List<SavedRequest> open() {
        return List.copyOf(open.values());
    }

    synchronized List<SavedRequest> saves() {
        return List.copyOf(saves);
    }

    synchronized List<UUID> closed() {
        return List.copyOf(closed);
    }
}

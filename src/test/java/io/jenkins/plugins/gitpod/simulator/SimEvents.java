package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The levers to interfere with event streams: dialects, events out of nothing, and ends. Thread-safe. */
public final class SimEvents {
    private volatile Set<StreamDialect> spoken = EnumSet.allOf(StreamDialect.class);

    /** What all streams that are open do, in order. */
    private final List<Order> orders = new CopyOnWriteArrayList<>();

    private final AtomicInteger open = new AtomicInteger();

    SimEvents() {}

    /**
     * Something that a stream does when it is told to.
     *
     * @param message what it sends; of an end the error, empty for none
     * @param end whether it ends then
     */
    record Order(ObjectNode message, boolean end) {}

    /**
     * Sets the dialects that the server knows; requests in another one are answered with 415.
     *
     * @param dialects all of them at first
     * @return this
     */
    @NonNull
    public SimEvents speak(@NonNull StreamDialect... dialects) {
        Set<StreamDialect> only = EnumSet.noneOf(StreamDialect.class);
        only.addAll(Arrays.asList(dialects));
        spoken = Collections.unmodifiableSet(only);
        return this;
    }

    /**
     * Sends an event on all streams that are open now, whatever they were asked for.
     *
     * @param operation the operation's name on the wire, for instance {@code RESOURCE_OPERATION_NEW_THING}
     * @param resourceType the type's name on the wire
     * @param resourceId the resource's id
     */
    public void send(@NonNull String operation, @NonNull String resourceType, @NonNull String resourceId) {
        orders.add(new Order(EventService.event(resourceId, operation, resourceType), false));
    }

    /** Ends all streams that are open now, in order. */
    public void end() {
        orders.add(new Order(Json.object(), true));
    }

    /**
     * Ends all streams that are open now with an error.
     *
     * @param code the Connect code, for instance {@code unavailable}
     * @param message the message
     */
    public void fail(@NonNull String code, @NonNull String message) {
        orders.add(new Order(Json.object().put("code", code).put("message", message), true));
    }

    /**
     * How many streams are open.
     *
     * @return their number, as far as the server knows: it notices that a client has gone when it sends something
     */
    public int open() {
        return open.get();
    }

    void opened(int more) {
        open.addAndGet(more);
    }

    Set<StreamDialect> spoken() {
        return spoken;
    }

    List<Order> orders() {
        return orders;
    }
}

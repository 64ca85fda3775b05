package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** What a {@link PrebuildMachine} makes happen. None of it blocks but {@link #save()}. */
interface MachineActions {

    /** What a timer is for; a machine has at most one of each. */
    enum Alarm {
        CREATE,
        LOOK_UP,
        CANCEL,
        TOKEN
    }

    Instant now();

    long nanoTime();

    double random();

    /** Saves {@link PrebuildMachine#saved()}. */
    void save() throws IOException;

    /** Looks the token up anew, then {@link PrebuildMachine#tokenReady} or {@link PrebuildMachine#tokenMissing}. */
    void fetchToken();

    /** Gitpod's time, or a little earlier, or null if it is not known. */
    @CheckForNull
    Instant serverTime();

    /** Whether the one who asked is known to be still there: after a restart it may not have come back yet. */
    boolean isOwnerThere();

    /**
     * Sends the create, then {@link PrebuildMachine#created} or {@link PrebuildMachine#createFailed}.
     *
     * @param number which one of its request
     */
    void create(int number);

    /**
     * Gives a create away that may have made a prebuild too many, to a request that looks for it and cancels it. That is
     * saved when it returns.
     *
     * @param to the request to be, in all but its id
     */
    void handOver(SentCreate create, PrebuildRequest to);

    /** Has a prebuild cancelled that is surely one too many. */
    void cancelSurplus(Prebuild prebuild, PrebuildRequest to);

    /** Tells the one who asked, if the request that this one cleans up for is still open, else the log. */
    void tellSurplus(Update update);

    /** Takes back a create that is still in the queue. @return whether it surely was not and will not be sent */
    boolean withdrawCreate();

    /** Looks for a lost create, then {@link PrebuildMachine#lookedUp} or {@link PrebuildMachine#lookUpFailed}. */
    void lookUp();

    /** Has the prebuild read regularly: {@link PrebuildMachine#read}, {@link PrebuildMachine#readFailed}. */
    void watch(String prebuildId, String projectId);

    /** No more reads. */
    void unwatch();

    /** Reads what the environment has checked out: {@link PrebuildMachine#environmentRead}, {@link
     * PrebuildMachine#environmentNotRead}. */
    void readEnvironment(String environmentId);

    /** Sends the cancel, then {@link PrebuildMachine#cancelAnswered} or {@link PrebuildMachine#cancelFailed}. */
    void cancel(String prebuildId);

    /** {@link PrebuildMachine#alarm} after a while; replaces an earlier alarm of the same kind. */
    void alarmAfter(Alarm alarm, Duration delay);

    void tell(Update update);

    /** The last word to the one who asked. */
    void conclude(Outcome outcome);

    /** What became of the prebuild after the last word. */
    void settle(Outcome end);

    /** Nothing more will happen: ends the book-keeping. */
    void finish();
}

package io.jenkins.plugins.gitpod.engine;

/** The calls that a {@link PrebuildMachine} makes. None of them blocks; each answer comes back as an event. */
interface GitpodCalls {

    /**
     * Sends the create, then {@link PrebuildMachine#created} or {@link PrebuildMachine#createFailed}.
     *
     * @param number which create of its request it is, from 1
     */
    void create(int number);

    /** Withdraws a create that is still in the queue. @return whether it surely was not sent and will not be */
    boolean withdrawCreate();

    /**
     * Looks for a lost create, then {@link PrebuildMachine#lookedUp} or {@link PrebuildMachine#lookUpFailed}.
     *
     * @param lagOver whether the read lag is over, so that what is not found was not made
     */
    void lookUp(boolean lagOver);

    /** Has the prebuild read regularly: {@link PrebuildMachine#read}, {@link PrebuildMachine#readFailed}. */
    void watch(String prebuildId);

    /** Ends the reads. */
    void unwatch();

    /**
     * Reads what the environment has checked out: {@link PrebuildMachine#environmentRead},
     * {@link PrebuildMachine#environmentNotRead}.
     */
    void readEnvironment(String environmentId);

    /** Reads the warm pools of the project and the class: {@link WarmPoolWait#answered}, {@link WarmPoolWait#failed}. */
    void readWarmPools(String environmentClassId);

    /** Sends the cancel, then {@link PrebuildMachine#cancelAnswered} or {@link PrebuildMachine#cancelFailed}. */
    void cancel(String prebuildId);
}

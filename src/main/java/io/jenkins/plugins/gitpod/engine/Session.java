package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Identity;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildFilter;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** What all requests with one secret and one connection share: its client, its watcher, its queues. */
final class Session {

    /**
     * What makes requests share a session: the same API and the same secret. The credential's id does not count, since two
     * credentials may hold one token and one credential may be rotated. Requests from before a change of limits keep those
     * that they began with.
     *
     * @param fingerprint of the token, in memory only
     */
    record Key(String connection, URI apiUrl, String fingerprint, SessionLimits limits) {}

    private static final int MAX_CONCURRENT_CANCELS = 3;
    /** All calls together: creates and reads use what is free. An event stream, which is one long answer, is not counted. */
    static final int MAX_CONCURRENT_CALLS = CreatePacing.FIRST_CONCURRENT + MAX_CONCURRENT_CANCELS + 1;

    /** What reads leave to creates and cancels, however much there is to be read. */
    static final int CALLS_BESIDE_READS = 3;

    /** The time between extra calls while creates wait because of a limit of Gitpod's. */
    private static final Duration EXTRA_CALL_PAUSE = Duration.ofSeconds(10);

    private static final int PAGE_SIZE = 100;
    /** 5,000 prebuilds of one project within the week that Gitpod keeps them. */
    private static final int MAX_PAGES = 50;

    private final Key key;
    private final GitpodClient client;
    private final Watcher watcher;
    private final ExtraCalls extraCalls;
    private final CreateQueue creates;
    private final Executor cancels;
    private final EngineRuntime runtime;
    private volatile long lastExtraCall;
    private int users;

    @CheckForNull
    private volatile Identity identity;

    /**
     * @param events where events come from, or null to do without
     * @param streams permits for event streams, shared by all sessions
     */
    Session(
            Key key,
            GitpodClient client,
            EngineRuntime runtime,
            EngineSettings settings,
            @CheckForNull EventSource events,
            Semaphore streams) {
        this.key = key;
        this.runtime = runtime;
        this.lastExtraCall = runtime.nanoTime();
        this.client = client;
        this.watcher = new Watcher(client, runtime, settings, key.limits().maxConcurrentReads(), events, streams);
        // Creates leave one of the usual seven calls to cancels and reads.
        this.creates = new CreateQueue(runtime, key.limits().maxConcurrentCalls() - 1);
        this.extraCalls = new ExtraCalls(runtime, this::admitExtraCall);
        this.cancels = new SerialExecutor(runtime.executor(WorkQueue.CANCEL), MAX_CONCURRENT_CANCELS);
    }

    /** Creates that wait because of a limit of Gitpod's come before most extra calls. */
    @CheckForNull
    private Duration admitExtraCall() {
        long now = runtime.nanoTime();
        Duration pause = Duration.ofNanos(lastExtraCall - now).plus(EXTRA_CALL_PAUSE);
        if (pause.compareTo(Duration.ZERO) > 0 && creates.isHeldBack()) {
            return pause;
        }
        Duration wait = watcher.admitExtraCall();
        if (wait != null && wait.isZero()) {
            lastExtraCall = now;
        }
        return wait;
    }

    Key key() {
        return key;
    }

    GitpodClient client() {
        return client;
    }

    Watcher watcher() {
        return watcher;
    }

    ExtraCalls extraCalls() {
        return extraCalls;
    }

    CreateQueue creates() {
        return creates;
    }

    Executor cancels() {
        return cancels;
    }

    /** Changes the number of users, and returns it. Guarded by the {@link SessionPool}. */
    int use(int more) {
        users += more;
        return users;
    }

    /** The account behind the secret. */
    String subjectId() throws GitpodException {
        Identity known = identity;
        if (known == null) {
            known = client.getAuthenticatedIdentity();
            identity = known;
        }
        return known.subjectId();
    }

    /**
     * The prebuilds of a project that this account made, including those by schedule. The server is not asked to filter by
     * trigger, because the list of triggers may grow.
     */
    LostCreates.Listing ownPrebuilds(String projectId) throws GitpodException {
        PrebuildFilter filter =
                PrebuildFilter.none().withProjectIds(List.of(projectId)).withCreatorIds(List.of(subjectId()));
        List<Prebuild> prebuilds = new ArrayList<>();
        String start = null;
        for (int page = 0; page < MAX_PAGES; page++) {
            PrebuildPage answer = client.listPrebuilds(filter, PAGE_SIZE, start);
            prebuilds.addAll(answer.prebuilds());
            String next = answer.nextPage();
            if (next == null || next.isEmpty()) {
                return new LostCreates.Listing(prebuilds, true);
            }
            if (next.equals(start)) {
                break;
            }
            start = next;
        }
        return new LostCreates.Listing(prebuilds, false);
    }
}

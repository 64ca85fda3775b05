package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Identity;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildFilter;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** All that goes out with one secret over one connection: its client, its watcher, its share of the threads. */
final class Session {

    private static final int CANCELS_AT_ONCE = 3;
    /** Creates, cancels, and a read; an event stream, which is one long answer, is not counted. */
    static final int MOST_CALLS_AT_ONCE = CreateQueue.AT_ONCE + CANCELS_AT_ONCE + 1;

    private static final int PAGE_SIZE = 100;
    /** 5,000 prebuilds of one project within the week that Gitpod keeps them. */
    private static final int MOST_PAGES = 50;

    private final SessionKey key;
    private final GitpodClient client;
    private final Watcher watcher;
    private final EnvironmentReader environments;
    private final CreateQueue creates;
    private final Executor cancels;
    private int users;

    @CheckForNull
    private volatile Identity identity;

    /** @param events where hints come from, or null to do without */
    Session(
            SessionKey key,
            GitpodClient client,
            EngineRuntime runtime,
            EngineSettings settings,
            @CheckForNull EventSource events,
            StreamPlaces streams) {
        this.key = key;
        this.client = client;
        this.watcher = new Watcher(client, runtime, settings, events, streams);
        this.environments = new EnvironmentReader(client, runtime, watcher::admitExtraCall);
        this.creates = new CreateQueue(runtime);
        this.cancels = new SerialExecutor(runtime.lane(WorkQueue.CANCEL), CANCELS_AT_ONCE);
    }

    SessionKey key() {
        return key;
    }

    GitpodClient client() {
        return client;
    }

    Watcher watcher() {
        return watcher;
    }

    EnvironmentReader environments() {
        return environments;
    }

    CreateQueue creates() {
        return creates;
    }

    Executor cancels() {
        return cancels;
    }

    /** Guarded by the engine's sessions. */
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
     * The prebuilds of a project that this account made, those by schedule among them: which triggers there are is not
     * settled, so the server is not asked for one.
     */
    OwnPrebuilds ownPrebuilds(String projectId) throws GitpodException {
        PrebuildFilter filter =
                PrebuildFilter.none().withProjectIds(List.of(projectId)).withCreatorIds(List.of(subjectId()));
        List<Prebuild> prebuilds = new ArrayList<>();
        String token = null;
        for (int page = 0; page < MOST_PAGES; page++) {
            PrebuildPage answer = client.listPrebuilds(filter, PAGE_SIZE, token);
            prebuilds.addAll(answer.prebuilds());
            String next = answer.nextPage();
            if (next == null || next.isEmpty()) {
                return new OwnPrebuilds(prebuilds, true);
            }
            if (next.equals(token)) {
                break;
            }
            token = next;
        }
        return new OwnPrebuilds(prebuilds, false);
    }
}

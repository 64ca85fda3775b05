package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.record.PartOf;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The recorders of all open requests. Those of a build are found without going through all of them: each node of each pipeline asks for
 * them, and each update of a build's page.
 */
final class Recorders {

    private final Map<UUID, RequestRecorder> all = new ConcurrentHashMap<>();

    /** By the number of the build, which it keeps when its job is renamed or moved. */
    private final Map<String, Set<RequestRecorder>> byNumber = new ConcurrentHashMap<>();

    /** The parts of requests for several environment classes, by the id of the whole. */
    private final Map<UUID, Set<RequestRecorder>> byWhole = new ConcurrentHashMap<>();

    void add(@NonNull RequestRecorder recorder) {
        RequestRecorder before = all.put(recorder.requestId(), recorder);
        add(byNumber, number(recorder), recorder);
        UUID whole = whole(recorder);
        if (whole != null) {
            add(byWhole, whole, recorder);
        }
        if (before != null && before != recorder) {
            forget(before);
        }
    }

    void remove(@NonNull UUID requestId) {
        RequestRecorder recorder = all.remove(requestId);
        if (recorder != null) {
            forget(recorder);
        }
    }

    private void forget(RequestRecorder recorder) {
        remove(byNumber, number(recorder), recorder);
        UUID whole = whole(recorder);
        if (whole != null) {
            remove(byWhole, whole, recorder);
        }
    }

    private static String number(RequestRecorder recorder) {
        return number(recorder.origin().buildId());
    }

    private static String number(String buildId) {
        return buildId.substring(buildId.lastIndexOf('#') + 1);
    }

    @CheckForNull
    private static UUID whole(RequestRecorder recorder) {
        PartOf partOf = recorder.origin().partOf();
        return partOf == null ? null : partOf.requestId();
    }

    private static <K> void add(Map<K, Set<RequestRecorder>> to, K key, RequestRecorder recorder) {
        to.compute(key, (k, present) -> {
            Set<RequestRecorder> recorders = present == null ? ConcurrentHashMap.newKeySet() : present;
            recorders.add(recorder);
            return recorders;
        });
    }

    private static <K> void remove(Map<K, Set<RequestRecorder>> from, K key, RequestRecorder recorder) {
        from.computeIfPresent(key, (k, recorders) -> {
            recorders.remove(recorder);
            return recorders.isEmpty() ? null : recorders;
        });
    }

    @CheckForNull
    RequestRecorder find(@NonNull UUID requestId) {
        return all.get(requestId);
    }

    @NonNull
    Collection<RequestRecorder> all() {
        return all.values();
    }

    /** The recorders of a build's requests. */
    @NonNull
    List<RequestRecorder> ofBuild(@NonNull String buildId) {
        return byNumber.getOrDefault(number(buildId), Set.of()).stream()
                .filter(each -> each.origin().buildId().equals(buildId))
                .toList();
    }

    /** The recorders of the parts of a request for several environment classes. */
    @NonNull
    List<RequestRecorder> partsOf(@NonNull UUID requestId) {
        return List.copyOf(byWhole.getOrDefault(requestId, Set.of()));
    }
}

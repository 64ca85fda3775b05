package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.record.CombinedRecord;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Tells a build what becomes of a request for several environment classes: the lines of each part with the name of its
 * class, and one result once all parts have ended.
 */
final class CombinedRequest {

    private final RequestListener build;
    private final PartOf whole;
    private final boolean isWaiting;
    private final UnaryOperator<String> names;
    private final Map<String, Part> parts = new LinkedHashMap<>();

    private boolean isCreatedTold;
    private boolean isEndTold;

    /**
     * Starts with parts of which nothing is known.
     *
     * @param build the listener of the whole request
     * @param isWaiting whether the build waits for the end of the prebuilds
     */
    CombinedRequest(@NonNull RequestListener build, @NonNull PartOf whole, boolean isWaiting) {
        this(build, whole, isWaiting, CombinedRequest::name);
    }

    CombinedRequest(
            @NonNull RequestListener build,
            @NonNull PartOf whole,
            boolean isWaiting,
            @NonNull UnaryOperator<String> names) {
        this.names = names;
        this.build = build;
        this.whole = whole;
        this.isWaiting = isWaiting;
        whole.classIds().forEach(classId -> parts.put(classId, new Part(classId)));
    }

    /** The listener of the part for a class. */
    @NonNull
    RequestListener part(@NonNull String classId) {
        return Objects.requireNonNull(parts.get(classId), classId);
    }

    /** The name of a class for people, as far as it is known. The empty text stands for the project's default class. */
    @NonNull
    static String name(@NonNull String classId) {
        return classId.isEmpty()
                ? Messages.CombinedRequest_defaultClass()
                : Objects.toString(GitpodLookup.get().knownName(classId), classId);
    }

    /** A line about a request, which names the class if the request is one of several parts. */
    @NonNull
    static String line(@NonNull StepRequest request, @NonNull String text) {
        PartOf whole = request.origin().partOf();
        String classId = Objects.toString(request.options().getEnvironmentClassId(), "");
        return whole == null || !whole.isSeveral() ? text : Messages.CombinedRequest_line(name(classId), text);
    }

    /** Tells the build what all parts together mean, if that is something new. */
    private void changed() {
        PrebuildResult created = null;
        PrebuildRecord ended = null;
        synchronized (this) {
            boolean areAllCreated = parts.values().stream().allMatch(Part::isCreated);
            boolean areAllEnded = parts.values().stream().allMatch(Part::isEnded);
            boolean isRefused = !isWaiting && parts.values().stream().anyMatch(Part::isRefused);
            if (isEndTold) {
                return;
            } else if (areAllEnded || areAllCreated && isRefused) {
                isEndTold = true;
                List<PrebuildRecord> records =
                        parts.values().stream().map(Part::record).toList();
                ended = CombinedRecord.of(
                        whole.requestId(),
                        records,
                        each -> names.apply(Objects.toString(each.getEnvironmentClassId(), "")));
            } else if (areAllCreated && !isRefused && !isCreatedTold) {
                isCreatedTold = true;
                created = CombinedRecord.of(parts.values().stream()
                        .map(Part::result)
                        .filter(Objects::nonNull)
                        .toList());
            }
        }
        if (created != null) {
            build.created(created);
        } else if (ended != null) {
            build.concluded(ended);
        }
    }

    /** One part. Its fields are guarded by the combined request. */
    private final class Part implements RequestListener {

        private final String classId;

        @CheckForNull
        private PrebuildResult result;

        @CheckForNull
        private PrebuildRecord end;

        Part(String classId) {
            this.classId = classId;
        }

        /** Whether it is known what was created for it, or that nothing is. */
        private boolean isCreated() {
            return result != null || end != null;
        }

        private boolean isEnded() {
            return end != null;
        }

        /** Whether there is no prebuild although one is needed. */
        private boolean isRefused() {
            return result == null && end != null && end.getConclusion() != EndStatus.SKIPPED;
        }

        @CheckForNull
        private PrebuildResult result() {
            return end == null ? result : end.getResult();
        }

        private PrebuildRecord record() {
            PrebuildRecord record = end;
            if (record == null) {
                String projectId = result == null ? "" : Objects.toString(result.getProjectId(), "");
                String partId = whole.partId(classId).toString();
                record = new PrebuildRecord(partId, projectId, "", !isWaiting, result, null, null);
            }
            return record.ofClass(classId.isEmpty() ? null : classId);
        }

        @Override
        public boolean isFor(@NonNull UUID requestId) {
            return whole.partId(classId).equals(requestId);
        }

        @NonNull
        @Override
        public Logs logs() {
            return build.logs();
        }

        @Override
        public boolean isDone() {
            return build.isDone();
        }

        @Override
        public void line(@NonNull String line) {
            build.line(whole.isSeveral() ? Messages.CombinedRequest_line(names.apply(classId), line) : line);
        }

        @Override
        public void created(@NonNull PrebuildResult prebuild) {
            synchronized (CombinedRequest.this) {
                result = prebuild;
            }
            changed();
        }

        @Override
        public void concluded(@NonNull PrebuildRecord record) {
            String message = record.getMessage();
            if (whole.isSeveral() && message != null) {
                line(message);
            }
            synchronized (CombinedRequest.this) {
                end = record;
            }
            changed();
        }
    }
}

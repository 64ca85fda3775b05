package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Which request a request is a part of: a request for several environment classes has a part for each. The ids of the parts
 * follow from the id of the request and the classes, so that after a crash no part is requested twice. Each part knows all
 * classes, so that one saved part suffices to know them all. Saved: fields may be added but not renamed.
 */
@Restricted(NoExternalUse.class)
public final class PartOf implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String requestId;
    private final String asked;
    private final ArrayList<String> classIds;

    /**
     * Describes a request for several classes.
     *
     * @param requestId the request
     * @param asked the option {@code environmentClassId} of the request
     * @param classIds the classes; the empty text stands for the project's default
     */
    public PartOf(@NonNull UUID requestId, @NonNull String asked, @NonNull List<String> classIds) {
        this.requestId = requestId.toString();
        this.asked = asked;
        this.classIds = new ArrayList<>(classIds);
    }

    @NonNull
    public UUID requestId() {
        return UUID.fromString(requestId);
    }

    @NonNull
    public String asked() {
        return asked;
    }

    @NonNull
    public List<String> classIds() {
        return List.copyOf(classIds);
    }

    /** Whether there is more than one part. */
    public boolean isSeveral() {
        return classIds.size() > 1;
    }

    /** The id of the part for a class. */
    @NonNull
    public UUID partId(@NonNull String classId) {
        return UUID.nameUUIDFromBytes((requestId + "/" + classId).getBytes(StandardCharsets.UTF_8));
    }

    /** The ids of all parts. */
    @NonNull
    public List<UUID> partIds() {
        return classIds.stream().map(this::partId).toList();
    }
}

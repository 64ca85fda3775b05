package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The prebuilds of a build: those with a record, and open requests that have none yet. */
@Restricted(NoExternalUse.class)
final class RunPrebuilds {

    private RunPrebuilds() {}

    @NonNull
    static List<PrebuildRecord> records(@NonNull Run<?, ?> run) {
        PrebuildAction action = run.getAction(PrebuildAction.class);
        return action == null ? List.of() : action.getRecords();
    }

    private static List<OpenPrebuild> open(Run<?, ?> run) {
        return PrebuildService.get()
                .queries()
                .map(queries -> queries.openOf(run))
                .orElse(List.of());
    }

    /** The open request of a record, or null if it has ended. */
    @CheckForNull
    static OpenPrebuild open(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        return open(run).stream()
                .filter(each -> each.getRequestId().equals(record.getRequestId()))
                .findFirst()
                .orElse(null);
    }

    /** Whether the build has any. Looks at open requests only while the build runs. */
    static boolean any(@NonNull Run<?, ?> run) {
        return !records(run).isEmpty() || run.isBuilding() && !open(run).isEmpty();
    }

    /** The oldest first. */
    @NonNull
    static List<PrebuildCard> cards(@NonNull Run<?, ?> run) {
        Instant now = Instant.now();
        Map<String, OpenPrebuild> open = new LinkedHashMap<>();
        open(run).forEach(each -> open.put(each.getRequestId(), each));
        List<PrebuildCard> cards = new ArrayList<>();
        for (PrebuildRecord record : records(run)) {
            cards.add(new PrebuildCard(run, record, open.remove(record.getRequestId()), now));
        }
        open.values().forEach(each -> cards.add(PrebuildCard.of(run, each, now)));
        return cards;
    }
}

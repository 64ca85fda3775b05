package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import java.util.List;
import jenkins.model.details.Detail;
import jenkins.model.details.DetailFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The states of a build's prebuilds in the row of details of a build's page, with a link to their page. */
@Restricted(NoExternalUse.class)
public final class PrebuildDetail extends Detail {

    private final List<PrebuildCard> cards;

    PrebuildDetail(@NonNull Run<?, ?> run, @NonNull List<PrebuildCard> cards) {
        super(run);
        this.cards = List.copyOf(cards);
    }

    @Override
    public String getIconClassName() {
        return "symbol-cube";
    }

    @Override
    public String getDisplayName() {
        PrebuildCard last = cards.get(cards.size() - 1);
        return cards.size() == 1
                ? Messages.PrebuildDetail_one(last.getProject(), last.getState())
                : Messages.PrebuildDetail_several(cards.size());
    }

    @Override
    public String getLink() {
        return "gitpod-prebuilds";
    }

    /** Adds the detail to builds that have prebuilds. */
    @Extension
    public static final class Factory extends DetailFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @NonNull
        @Override
        public List<PrebuildDetail> createFor(@NonNull Run target) {
            Run<?, ?> run = target;
            return RunPrebuilds.any(run) ? List.of(new PrebuildDetail(run, RunPrebuilds.cards(run))) : List.of();
        }
    }
}

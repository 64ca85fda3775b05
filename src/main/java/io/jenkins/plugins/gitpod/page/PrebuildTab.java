package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.model.BallColor;
import hudson.model.Item;
import hudson.model.Run;
import hudson.util.HttpResponses;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.request.RecordedLog;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import jenkins.management.Badge;
import jenkins.model.Tab;
import jenkins.model.TransientActionFactory;
import jenkins.security.stapler.StaplerDispatchable;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerResponse2;
import org.kohsuke.stapler.verb.GET;
import org.kohsuke.stapler.verb.POST;

/**
 * The prebuilds of a build: a card on the build's page, and a page of their own with timelines. Both are updated while a
 * prebuild runs, by {@link #doLive}.
 */
@Restricted(NoExternalUse.class)
public final class PrebuildTab extends Tab {

    /** The last part of its URL. */
    public static final String URL_NAME = "gitpod-prebuilds";

    /** How many logs are sent at the same time, each by a thread that answers requests. */
    private static final Semaphore LOGS = new Semaphore(10);

    private final Run<?, ?> run;

    PrebuildTab(@NonNull Run<?, ?> run) {
        super(run);
        this.run = run;
    }

    @Override
    public String getIconFileName() {
        return "symbol-cube";
    }

    @Override
    public String getDisplayName() {
        return Messages.PrebuildTab_displayName();
    }

    @Override
    public String getUrlName() {
        return URL_NAME;
    }

    /** None: the card on the build's page shows the states. */
    @CheckForNull
    @Override
    public Badge getBadge() {
        return null;
    }

    @NonNull
    public Run<?, ?> getRun() {
        return run;
    }

    /** The prebuilds, the oldest first. */
    @NonNull
    public List<PrebuildCard> getCards() {
        run.checkPermission(Item.READ);
        return RunPrebuilds.cards(run);
    }

    /** Whether nothing on the page changes any more. */
    public boolean isEnded() {
        return !run.isBuilding() && getCards().stream().allMatch(PrebuildCard::isEnded);
    }

    /** The names of the build status symbols that a card may get while it is shown. */
    @NonNull
    public List<String> getIcons() {
        return Stream.of(
                        BallColor.NOTBUILT_ANIME,
                        BallColor.BLUE,
                        BallColor.YELLOW,
                        BallColor.RED,
                        BallColor.ABORTED,
                        BallColor.NOTBUILT)
                .map(BallColor::getIconName)
                .toList();
    }

    /** A prebuild by the id of its request, for its card alone. A class that has only views is not served unless said so. */
    @CheckForNull
    @StaplerDispatchable
    public PrebuildCard getPrebuild(@NonNull String requestId) {
        return getCards().stream()
                .filter(card -> card.getRequestId().equals(requestId))
                .findFirst()
                .orElse(null);
    }

    /** What has changed since the page was loaded. Answered from memory: neither calls Gitpod nor loads a build. */
    @GET
    public HttpResponse doLive() {
        JSONArray cards = new JSONArray();
        getCards().forEach(card -> cards.add(card.toJson()));
        JSONObject json = new JSONObject();
        json.put("building", run.isBuilding());
        json.put("prebuilds", cards);
        return HttpResponses.okJSON(json);
    }

    /**
     * Sends the log of a prebuild of this build as text, as far as Gitpod has it. The server fetches it, so the user needs no
     * access to Gitpod. Ends after some seconds, also if the prebuild still runs.
     */
    @GET
    public void doLog(StaplerResponse2 response, @QueryParameter(required = true) String requestId) throws IOException {
        run.checkPermission(Item.READ);
        PrebuildRecord record = PrebuildAction.find(run, requestId);
        if (record == null) {
            throw HttpResponses.notFound();
        } else if (!LOGS.tryAcquire()) {
            throw HttpResponses.error(HttpServletResponse.SC_SERVICE_UNAVAILABLE, Messages.PrebuildTab_busy());
        }
        try {
            RecordedLog log = PrebuildService.get().log(run, record);
            response.setContentType("text/plain;charset=UTF-8");
            response.setHeader("X-Content-Type-Options", "nosniff");
            PrintWriter writer = response.getWriter();
            log.copy(writer::println);
        } catch (AbortException e) {
            throw HttpResponses.error(HttpServletResponse.SC_NOT_FOUND, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            LOGS.release();
        }
    }

    /** Cancels a prebuild of this build, for all builds that wait for it. */
    @POST
    public HttpResponse doCancel(@QueryParameter(required = true) String requestId) {
        run.checkPermission(Item.CANCEL);
        PrebuildCard card = getPrebuild(requestId);
        if (card == null || card.isEnded()) {
            return HttpResponses.errorJSON(Messages.OpenPrebuildsLink_noSuchRequest());
        } else if (!card.isCancellable()) {
            return HttpResponses.errorJSON(Messages.PrebuildTab_notYours());
        }
        PrebuildService.get().owners().ifPresent(owners -> owners.cancel(UUID.fromString(requestId)));
        return HttpResponses.okJSON();
    }

    /** Adds the tab to builds that have prebuilds. */
    @Extension
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<Tab> actionType() {
            return Tab.class;
        }

        @NonNull
        @Override
        public Collection<Tab> createFor(@NonNull Run target) {
            Run<?, ?> run = target;
            return RunPrebuilds.any(run) ? List.of(new PrebuildTab(run)) : List.of();
        }
    }
}

package io.jenkins.plugins.gitpod.checks;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.checks.api.ChecksConclusion;
import io.jenkins.plugins.checks.api.ChecksDetails;
import io.jenkins.plugins.checks.api.ChecksOutput;
import io.jenkins.plugins.checks.api.ChecksStatus;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.page.PrebuildTab;
import io.jenkins.plugins.gitpod.page.RecordTexts;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;

/**
 * The check of one prebuild as it stands. Services show its texts as Markdown, so what comes from Gitpod is escaped.
 *
 * @param log the last lines of the prebuild's log, or none
 */
record PrebuildCheck(
        @NonNull Run<?, ?> run,
        @NonNull PrebuildRecord record,
        @NonNull List<String> log) {

    /** Not translated, because rules for branches refer to it. */
    private static final String NAME = "Gitpod prebuild";

    private static final int LONGEST_MESSAGE = 4_000;

    /** With the number of lines, this keeps the text below the limit of GitHub, 65,535 bytes. */
    private static final int LONGEST_LINE = 300;

    private static final Pattern MARKUP = Pattern.compile("[\\\\`*_{}\\[\\]()<>#+!|~@&-]");
    private static final String FENCE = "~~~~~~~~";

    @NonNull
    ChecksDetails details() {
        ChecksConclusion conclusion = conclusion();
        ChecksDetails.ChecksDetailsBuilder check = new ChecksDetails.ChecksDetailsBuilder()
                .withName(name())
                .withStatus(conclusion == null ? ChecksStatus.IN_PROGRESS : ChecksStatus.COMPLETED)
                .withConclusion(conclusion == null ? ChecksConclusion.NONE : conclusion)
                .withOutput(output());
        if (record.getRequestedAtMillis() != 0) {
            check.withStartedAt(utc(record.getRequestedAtMillis()));
        }
        PrebuildResult result = record.getResult();
        if (conclusion != null && result != null && result.getCompletedAtMillis() != 0) {
            check.withCompletedAt(utc(result.getCompletedAtMillis()));
        }
        String url = url();
        return url == null ? check.build() : check.withDetailsURL(url).build();
    }

    /** The name, with a number from the second one of a build on: checks of one commit and name replace each other. */
    private String name() {
        String name = nameOf(record);
        PrebuildAction action = run.getAction(PrebuildAction.class);
        int number = action == null
                ? 0
                : action.getRecords().stream()
                        .filter(each -> nameOf(each).equals(name))
                        .map(PrebuildRecord::getRequestId)
                        .toList()
                        .indexOf(record.getRequestId());
        return number <= 0 ? name : name + " " + (number + 1);
    }

    /** With the environment class if the build has requested several ones together, which start in any order. */
    private static String nameOf(PrebuildRecord record) {
        PartOf whole = record.partOf();
        if (whole == null || !whole.isSeveral()) {
            return NAME;
        }
        return NAME + " ("
                + Objects.requireNonNullElse(record.getEnvironmentClassName(), record.getEnvironmentClassId()) + ")";
    }

    /** Null while the prebuild runs. */
    @CheckForNull
    private ChecksConclusion conclusion() {
        EndStatus how = record.finalStatus();
        if (how == null) {
            return null;
        }
        return switch (how) {
            case COMPLETED -> RecordTexts.isWarned(record) ? ChecksConclusion.NEUTRAL : ChecksConclusion.SUCCESS;
            case FAILED, ERROR -> ChecksConclusion.FAILURE;
            case CANCELLED, CANCELLED_IN_GITPOD, DELETED -> ChecksConclusion.CANCELED;
            case SKIPPED -> ChecksConclusion.SKIPPED;
            case LEFT_RUNNING -> null;
        };
    }

    private ChecksOutput output() {
        ChecksOutput.ChecksOutputBuilder output = new ChecksOutput.ChecksOutputBuilder()
                .withTitle(
                        record.finalStatus() == null ? Messages.PrebuildCheck_inProgress() : RecordTexts.state(record))
                .withSummary(summary());
        return log.isEmpty() ? output.build() : output.withText(text()).build();
    }

    private String summary() {
        String project = Objects.requireNonNullElse(record.getProjectName(), record.getProjectId());
        String environmentClass = record.getEnvironmentClassName();
        String what = environmentClass == null
                ? Messages.PrebuildCheck_project(escaped(project))
                : Messages.PrebuildCheck_projectAndClass(escaped(project), escaped(environmentClass));
        PrebuildResult result = record.getResult();
        String commit = result == null ? null : result.getCommit();
        String message = RecordTexts.message(record);
        return what
                + (commit == null ? "" : "\n\n" + Messages.PrebuildCheck_commit(escaped(commit)))
                + (message.isEmpty() ? "" : "\n\n" + escaped(message));
    }

    private String text() {
        return Messages.PrebuildCheck_log()
                + log.stream()
                        .map(line -> bounded(line, LONGEST_LINE).replace(FENCE, "~"))
                        .collect(Collectors.joining("\n", "\n\n" + FENCE + "\n", "\n" + FENCE + "\n"));
    }

    private static String escaped(String text) {
        String line = text.replaceAll("\\s+", " ");
        return MARKUP.matcher(bounded(line, LONGEST_MESSAGE)).replaceAll("\\\\$0");
    }

    private static String bounded(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }

    /** The tab of the build, or null if Jenkins does not know its own URL. */
    @CheckForNull
    private String url() {
        String root = Jenkins.get().getRootUrl();
        return root == null ? null : root + run.getUrl() + PrebuildTab.URL_NAME + "/";
    }

    private static LocalDateTime utc(long millis) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    }
}

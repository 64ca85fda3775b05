package io.jenkins.plugins.gitpod.mail;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.page.PrebuildTab;
import io.jenkins.plugins.gitpod.page.RecordTexts;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import jenkins.model.Jenkins;

/** The texts of a mail about one prebuild. What comes from Gitpod is on one line each, and not too long. */
record PrebuildMail(
        @NonNull MailReason reason,
        @NonNull Run<?, ?> run,
        @NonNull PrebuildRecord record) {

    private static final int LONGEST_LINE = 2_000;
    private static final int LONGEST_SUBJECT = 200;

    @NonNull
    String subject() {
        String subject =
                switch (reason) {
                    case FAILED -> Messages.PrebuildMail_failedSubject(job());
                    case WELL_AGAIN -> Messages.PrebuildMail_wellSubject(job());
                };
        return line(subject, LONGEST_SUBJECT);
    }

    /** The job, with the environment class if it is one of several, each of which fails by itself. */
    private String job() {
        String name = run.getParent().getFullDisplayName();
        PartOf whole = record.partOf();
        return whole == null || !whole.isSeveral() ? name : name + " (" + environmentClass() + ")";
    }

    private String environmentClass() {
        return Objects.requireNonNullElse(
                record.getEnvironmentClassName(), Objects.toString(record.getEnvironmentClassId(), ""));
    }

    @NonNull
    String text() {
        List<String> lines = new ArrayList<>();
        lines.add(
                switch (reason) {
                    case FAILED -> Messages.PrebuildMail_failed(job());
                    case WELL_AGAIN -> Messages.PrebuildMail_well(job());
                });
        String message = RecordTexts.message(record);
        if (!message.isEmpty()) {
            lines.add("");
            lines.add(message);
        }
        lines.add("");
        lines.add(Messages.PrebuildMail_build(run.getFullDisplayName()));
        String project = Objects.requireNonNullElse(record.getProjectName(), record.getProjectId());
        if (!project.isEmpty()) {
            lines.add(Messages.PrebuildMail_project(project));
        }
        String environmentClass = environmentClass();
        if (!environmentClass.isEmpty()) {
            lines.add(Messages.PrebuildMail_environmentClass(environmentClass));
        }
        String commit = commit();
        if (commit != null) {
            lines.add(Messages.PrebuildMail_commit(commit));
        }
        String root = Jenkins.get().getRootUrl();
        if (root != null) {
            lines.add("Jenkins: " + root + run.getUrl() + PrebuildTab.URL_NAME + "/");
        }
        PrebuildResult result = record.getResult();
        if (result != null) {
            lines.add("Gitpod: " + result.getUrl());
        }
        if (reason == MailReason.FAILED) {
            lines.add("");
            lines.add(Messages.PrebuildMail_noMore());
        }
        StringBuilder text = new StringBuilder();
        lines.forEach(each -> text.append(line(each, LONGEST_LINE)).append('\n'));
        return text.toString();
    }

    /** The commit that Gitpod built, or else the one that the prebuild was requested for; null if neither is known. */
    @CheckForNull
    private String commit() {
        PrebuildResult result = record.getResult();
        if (result != null && result.getCommit() != null) {
            return result.getCommit();
        }
        DecisionLog.Entry last = DecisionLog.of(run.getParent()).lastPrebuild();
        return last != null && record.getRequestId().equals(last.requestId()) ? Util.fixEmpty(last.commit()) : null;
    }

    private static String line(String text, int longest) {
        String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() <= longest ? line : line.substring(0, longest) + "…";
    }
}

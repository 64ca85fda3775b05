package io.jenkins.plugins.gitpod.mail;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.request.MailSetting;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import jakarta.mail.MessagingException;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.plugins.mailer.tasks.MimeMessageBuilder;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Mails the first failure of a job's automatic prebuilds, and that one has completed again, to the addresses of its setting. The
 * setting counts as it is at the end of the prebuild.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class FailureMailListener extends PrebuildListener {

    private static final Logger LOGGER = Logger.getLogger(FailureMailListener.class.getName());

    @Override
    public void onEnded(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        if (!record.isAutomatic()) {
            return;
        }
        List<String> addresses = ExtensionList.lookup(MailSetting.class).stream()
                .flatMap(each -> each.addresses(run.getParent()).stream())
                .distinct()
                .toList();
        DecisionLog log = DecisionLog.of(run.getParent());
        if (addresses.isEmpty()) {
            log.forgetFailing();
            return;
        }
        String what = what(record);
        MailReason reason = MailReason.of(record.getConclusion(), fails -> log.setFailing(what, fails));
        if (reason != null) {
            send(new PrebuildMail(reason, run, record), addresses);
        }
    }

    /** What fails and completes by itself: each of several environment classes, otherwise all prebuilds of the job. */
    private static String what(PrebuildRecord record) {
        PartOf whole = record.partOf();
        return whole != null && whole.isSeveral() ? Objects.toString(record.getEnvironmentClassId(), "") : "default";
    }

    private static void send(PrebuildMail mail, List<String> addresses) {
        try {
            send(message(mail, addresses));
        } catch (MessagingException | UnsupportedEncodingException e) {
            LOGGER.log(Level.WARNING, "Could not send a mail about a Gitpod prebuild of {0}: {1}", new Object[] {
                mail.run(), e.toString().replaceAll("\\s+", " ")
            });
        }
    }

    private static MimeMessage message(PrebuildMail mail, List<String> addresses)
            throws MessagingException, UnsupportedEncodingException {
        MimeMessage message = new MimeMessageBuilder()
                .setListener(TaskListener.NULL)
                .setMimeType("text/plain")
                .addRecipients(String.join(" ", addresses))
                .setSubject(mail.subject())
                .setBody(mail.text())
                .buildMimeMessage();
        // Keeps replies of people who are out of office away.
        message.setHeader("Auto-Submitted", "auto-generated");
        return message;
    }

    /** The type of the parameter keeps Jenkins from loading this extension without the plugin mailer. */
    private static void send(MimeMessage message) throws MessagingException {
        // Its providers are found by the class loader of the thread.
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Transport.class.getClassLoader());
        try {
            Transport.send(message);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}

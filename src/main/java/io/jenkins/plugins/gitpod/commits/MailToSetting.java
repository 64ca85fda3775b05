package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.options.MailAddresses;
import io.jenkins.plugins.gitpod.request.MailSetting;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The option {@code mailTo} of the settings that count for a job. */
@Extension
@Restricted(NoExternalUse.class)
public final class MailToSetting implements MailSetting {

    @NonNull
    @Override
    public List<String> addresses(@NonNull Job<?, ?> job) {
        PrebuildSetting setting = PrebuildSetting.of(job);
        return setting == null || setting.property().isDisabled()
                ? List.of()
                : MailAddresses.in(setting.property().getMailTo());
    }
}

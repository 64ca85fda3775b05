package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import hudson.model.Job;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Who wants to hear of failed automatic prebuilds. What sends mails asks this, and need not know where it is set. */
@Restricted(NoExternalUse.class)
public interface MailSetting extends ExtensionPoint {

    /** The addresses that are set for a job at present, or none. */
    @NonNull
    List<String> addresses(@NonNull Job<?, ?> job);
}

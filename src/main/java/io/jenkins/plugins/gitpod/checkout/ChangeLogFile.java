package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import hudson.scm.ChangeLogSet;
import hudson.scm.SCM;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.xml.sax.SAXException;

/**
 * The change log that a checkout has written.
 *
 * @param scm can parse it
 * @param file null if the checkout has written none
 */
@Restricted(NoExternalUse.class)
public record ChangeLogFile(@NonNull SCM scm, @Nullable File file) {

    private static final Logger LOGGER = Logger.getLogger(ChangeLogFile.class.getName());

    /** The changes; empty if there are none or they cannot be read. Parses the file. */
    @NonNull
    public List<ChangeLogSet<?>> changes(@NonNull Run<?, ?> run) {
        if (file == null || file.length() == 0) {
            return List.of();
        }
        try {
            return List.of(scm.createChangeLogParser().parse(run, scm.getEffectiveBrowser(), file));
        } catch (IOException | SAXException | RuntimeException e) {
            // Also of a parser that fails: then nothing is known of the changes.
            LOGGER.log(Level.FINE, "Could not read the change log of " + run, e);
            return List.of();
        }
    }
}

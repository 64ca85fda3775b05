package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import java.util.List;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Mail addresses in a text, separated by commas, spaces, or line breaks. */
@Restricted(NoExternalUse.class)
public final class MailAddresses {

    private static final Pattern SEPARATORS = Pattern.compile("[,\\s]+");

    /** Plain addresses without names. What passes has no character that means anything in the header of a mail. */
    private static final Pattern ADDRESS =
            Pattern.compile("[\\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?");

    private MailAddresses() {}

    /** Those that can be used, each once. */
    @NonNull
    public static List<String> in(@Nullable String text) {
        return SEPARATORS
                .splitAsStream(Util.fixNull(text))
                .filter(each -> ADDRESS.matcher(each).matches())
                .distinct()
                .toList();
    }

    /** Whether there is an address, and nothing else. */
    static boolean areIn(@NonNull String text) {
        List<String> all =
                SEPARATORS.splitAsStream(text).filter(each -> !each.isEmpty()).toList();
        return !all.isEmpty()
                && all.stream().allMatch(each -> ADDRESS.matcher(each).matches());
    }

    /** A message for people if the option {@code mailTo} does not accept the text, else null. */
    @CheckForNull
    public static String problem(@Nullable String text) {
        return PrebuildOption.MAIL_TO.problem(text);
    }
}

package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.util.FormValidation;
import io.jenkins.plugins.gitpod.Messages;

/** What a person types into a field for an id: an id, a suggested label with an id, a part of a name, or a variable. */
final class FieldText {

    private FieldText() {}

    static boolean holdsVariable(@NonNull String text) {
        return text.contains("$");
    }

    /** The id in a text that is an id or a label with an id, else null. */
    @CheckForNull
    static String idIn(@NonNull String text) {
        String id = PrebuildOptions.withoutLabel(text);
        return PrebuildOptions.isUuid(id) ? id : null;
    }

    /** A name followed by its id, as {@link PrebuildOptions#withoutLabel} reads it. Gitpod knows only the id. */
    @NonNull
    static String label(@Nullable String name, @NonNull String id) {
        return name == null ? id : name + " (" + id + ")";
    }

    /** The field may be right, but the reason given prevents a look-up of its name. */
    @NonNull
    static FormValidation unreachable(@NonNull String why) {
        return FormValidation.warning(Messages.PrebuildOptionsForm_notShown(why));
    }
}

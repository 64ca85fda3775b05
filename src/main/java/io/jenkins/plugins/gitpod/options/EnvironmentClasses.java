package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The value of the option {@code environmentClassId}: an id, several ids separated by commas, or {@link #ALL}. */
@Restricted(NoExternalUse.class)
public final class EnvironmentClasses {

    /** All classes that the project has configured for prebuilds. */
    public static final String ALL = "all";

    static final String SEPARATOR = ", ";

    /** A comma that follows an id or a label with an id. Names of classes may contain commas. */
    private static final Pattern BETWEEN = Pattern.compile("(?<=-[0-9a-f]{12}\\)?)\\s*,", Pattern.CASE_INSENSITIVE);

    private EnvironmentClasses() {}

    /** The ids without their labels, each once. Another text, such as a variable, is only trimmed. */
    @CheckForNull
    static String normalized(@Nullable String text) {
        String trimmed = PrebuildOptions.withoutLabel(text);
        if (trimmed == null || ALL.equalsIgnoreCase(trimmed)) {
            return trimmed == null ? null : ALL;
        }
        return split(text).stream().distinct().collect(Collectors.joining(SEPARATOR));
    }

    /** Each id, or what stands in its place. */
    @NonNull
    static List<String> split(String text) {
        return Arrays.stream(BETWEEN.split(text, -1))
                .map(each -> each.isBlank() ? "" : String.valueOf(PrebuildOptions.withoutLabel(each)))
                .toList();
    }

    static boolean areSeveral(@Nullable String normalized) {
        return ALL.equals(normalized) || normalized != null && normalized.contains(SEPARATOR);
    }

    /** Whether these are all classes that the project has configured for prebuilds. */
    public static boolean areAll(@Nullable String normalized) {
        return ALL.equals(normalized);
    }

    /** The ids of several classes. */
    @NonNull
    public static List<String> ids(@NonNull String normalized) {
        return List.of(normalized.split(SEPARATOR));
    }

    /** The first part of the text that is no id, or null if all are valid. */
    @CheckForNull
    static String firstInvalid(@Nullable String normalized) {
        if (normalized == null || ALL.equals(normalized)) {
            return null;
        }
        return split(normalized).stream()
                .filter(each -> !PrebuildOptions.isUuid(each))
                .findFirst()
                .orElse(null);
    }
}

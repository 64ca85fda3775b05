package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.checkout.PathPatterns;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The options of a request: the name of each, and the values that it accepts from pipelines, forms, and files. Null and blank
 * stand for the default of an option.
 */
@Restricted(NoExternalUse.class)
public enum PrebuildOption {
    PROJECT_ID("projectId", PrebuildOption::text, Messages::PrebuildOption_projectId),
    ENVIRONMENT_CLASS_ID("environmentClassId", PrebuildOption::classes, Messages::PrebuildOption_environmentClassId),
    /** Minutes; the range is Gitpod's own. */
    TIMEOUT("timeout", value -> wholeNumber(value, 5, 120), Messages::PrebuildOption_timeout),
    CONNECTION("connection", PrebuildOption::text, Messages::PrebuildOption_connection),
    CREDENTIALS_ID("credentialsId", PrebuildOption::text, Messages::PrebuildOption_credentialsId),
    WAIT("wait", PrebuildOption::flag, Messages::PrebuildOption_flag),
    PROPAGATE("propagate", PrebuildOption::flag, Messages::PrebuildOption_flag),
    CANCEL_ON_ABORT("cancelOnAbort", PrebuildOption::flag, Messages::PrebuildOption_flag),
    CANCEL_WITH_BUILD("cancelWithBuild", PrebuildOption::flag, Messages::PrebuildOption_flag),
    /** When the job property requests the prebuild. */
    TRIGGER("trigger", value -> constant(PrebuildTrigger.values(), value), Messages::PrebuildOption_trigger),
    KEEP_FRESH("keepFresh", PrebuildOption::flag, Messages::PrebuildOption_flag),
    DISABLED("disabled", PrebuildOption::flag, Messages::PrebuildOption_flag),
    ON_WARNING("onWarning", value -> constant(OnWarning.values(), value), Messages::PrebuildOption_onWarning),
    LOGS("logs", value -> constant(Logs.values(), value), Messages::PrebuildOption_logs),
    /** Named like the option of other plugins that publish checks. */
    SKIP_PUBLISHING_CHECKS("skipPublishingChecks", PrebuildOption::flag, Messages::PrebuildOption_flag),
    WHEN_ACTIVE("whenActive", value -> constant(WhenActive.values(), value), Messages::PrebuildOption_whenActive),
    /** Minutes; the upper limit is nearly two years. */
    MINIMUM_INTERVAL(
            "minimumInterval", value -> wholeNumber(value, 0, 999_999), Messages::PrebuildOption_minimumInterval),
    /** Hours; Gitpod deletes prebuilds after about seven days. */
    MAX_AGE("maxAge", value -> wholeNumber(value, 1, 168), Messages::PrebuildOption_maxAge),
    WAIT_FOR_WARM_POOL("waitForWarmPool", PrebuildOption::flag, Messages::PrebuildOption_flag),
    KEEP_PREBUILDS("keepPrebuilds", value -> wholeNumber(value, 1, 50), Messages::PrebuildOption_keepPrebuilds),
    /** New commits; the upper limit is what is kept of a branch. */
    MINIMUM_COMMITS("minimumCommits", value -> wholeNumber(value, 1, 1000), Messages::PrebuildOption_minimumCommits),
    QUIET_HOURS("quietHours", PrebuildOption::quietHours, Messages::PrebuildOption_quietHours),
    /** Minutes; the upper limit is that of about 70 prebuilds that always run. */
    DAILY_BUDGET("dailyBudget", value -> wholeNumber(value, 1, 99_999), Messages::PrebuildOption_dailyBudget),
    MAIL_TO("mailTo", PrebuildOption::mailAddresses, Messages::PrebuildOption_mailTo),
    FORCE("force", PrebuildOption::flag, Messages::PrebuildOption_flag),
    ONLY_PROJECT_BRANCH("onlyProjectBranch", PrebuildOption::flag, Messages::PrebuildOption_flag),
    ONLY_IF_CHANGED("onlyIfChanged", PrebuildOption::patterns, Messages::PrebuildOption_onlyIfChanged);

    private static final int LONGEST_SHOWN = 100;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,9}");

    private final String field;
    private final Reader reader;
    private final Supplier<String> allowed;

    PrebuildOption(String field, Reader reader, Supplier<String> allowed) {
        this.field = field;
        this.reader = reader;
        this.allowed = allowed;
    }

    private interface Reader {

        /** Returns the value in the type of the option, or null if the option does not accept it. */
        @CheckForNull
        Object read(Object value);
    }

    /** The option with this name, or null if there is none. */
    @CheckForNull
    static PrebuildOption named(@NonNull String name) {
        for (PrebuildOption each : values()) {
            if (each.field.equals(name)) {
                return each;
            }
        }
        return null;
    }

    /** The name in pipelines and forms. */
    @NonNull
    String field() {
        return field;
    }

    /**
     * Converts a value to the type of this option.
     *
     * @return null if the value stands for the default
     * @throws AbortException if this option does not accept the value; the message is for people
     */
    @CheckForNull
    Object read(@Nullable Object value) throws AbortException {
        if (value == null
                || (value instanceof CharSequence text && text.toString().isBlank())) {
            return null;
        }
        Object read = reader.read(value);
        if (read == null) {
            throw new AbortException(invalid(value));
        }
        return read;
    }

    /** A message for people if this option does not accept the value, else null. */
    @CheckForNull
    String problem(@Nullable Object value) {
        try {
            read(value);
            return null;
        } catch (AbortException e) {
            return e.getMessage();
        }
    }

    /** The message about a value that this option does not accept. */
    @NonNull
    String invalid(@Nullable Object value) {
        return Messages.PrebuildOption_invalid(shown(value), field, allowed.get());
    }

    // ---- the kinds of values

    @CheckForNull
    private static Object text(Object value) {
        return value instanceof CharSequence || value instanceof UUID || value instanceof Integer
                ? value.toString().strip()
                : null;
    }

    /** One id, or several in a list or in a text. */
    @CheckForNull
    private static Object classes(Object value) {
        if (!(value instanceof Collection<?> several)) {
            return text(value);
        }
        List<String> ids = new ArrayList<>();
        for (Object one : several) {
            Object id = one == null ? null : text(one);
            if (id == null || id.toString().isEmpty()) {
                return null; // a forgotten value must not select other classes than intended
            }
            ids.add(id.toString());
        }
        return ids.isEmpty() ? null : String.join(EnvironmentClasses.SEPARATOR, ids);
    }

    @CheckForNull
    private static Object quietHours(Object value) {
        return value instanceof CharSequence && QuietHours.parse(value.toString()) != null
                ? value.toString().strip()
                : null;
    }

    @CheckForNull
    private static Object mailAddresses(Object value) {
        return value instanceof CharSequence && MailAddresses.areIn(value.toString())
                ? value.toString().strip()
                : null;
    }

    @CheckForNull
    private static Object flag(Object value) {
        if (value instanceof CharSequence) {
            String text = value.toString().strip();
            return "true".equalsIgnoreCase(text) ? Boolean.TRUE : "false".equalsIgnoreCase(text) ? Boolean.FALSE : null;
        }
        return value instanceof Boolean ? value : null;
    }

    @CheckForNull
    private static Object wholeNumber(Object value, int minimum, int maximum) {
        String text = value.toString().strip();
        if (!(value instanceof Number)
                && !(value instanceof CharSequence && WHOLE_NUMBER.matcher(text).matches())) {
            return null;
        }
        try {
            int number = new BigDecimal(text).intValueExact();
            return number < minimum || number > maximum ? null : number;
        } catch (ArithmeticException | NumberFormatException e) {
            // A fraction, a number that is too large, or a floating-point value that is no number.
            return null;
        }
    }

    @CheckForNull
    private static <E extends Enum<E>> Object constant(E[] constants, Object value) {
        String text = value instanceof CharSequence ? value.toString().strip() : null;
        for (E each : constants) {
            if (each == value || each.name().equalsIgnoreCase(text)) {
                return each;
            }
        }
        return null;
    }

    @CheckForNull
    private static Object patterns(Object value) {
        String patterns;
        if (value instanceof Collection<?> several) {
            List<String> each = new ArrayList<>();
            for (Object one : several) {
                if (!(one instanceof CharSequence)) {
                    return null;
                }
                each.add(one.toString());
            }
            patterns = String.join(", ", each);
        } else if (value instanceof CharSequence) {
            patterns = value.toString();
        } else {
            return null;
        }
        return PathPatterns.areSupported(patterns) ? patterns.strip() : null;
    }

    // ---- the value in a message

    /** The value on one line, and not too long. An object of an unknown class is shown by its class only. */
    private static String shown(@Nullable Object value) {
        String text;
        if (value instanceof CharSequence) {
            text = '"' + UNPRINTABLE.matcher((CharSequence) value).replaceAll(" ") + '"';
        } else if (value == null || value instanceof Number || value instanceof Boolean || value instanceof Enum) {
            text = String.valueOf(value);
        } else if (value instanceof Collection<?> several) {
            text = several.stream()
                    .map(each -> each instanceof Collection ? "[…]" : shown(each))
                    .collect(Collectors.joining(", ", "[", "]"));
        } else {
            text = value.getClass().getSimpleName();
        }
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }
}

package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.util.EditDistance;
import io.jenkins.plugins.gitpod.Messages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The arguments of a step or a symbol, as a pipeline or Job DSL passes them. structs would convert some values to others
 * ({@code 7.5} to 7, {@code 'yes'} to false), only warn of an unknown name, and fail with messages that do not name the
 * option.
 */
@Restricted(NoExternalUse.class)
public final class OptionArguments {

    private OptionArguments() {}

    /**
     * Converts the arguments to the types of the options, for {@link CustomDescribableModel#customInstantiate}. Leaves out
     * those that stand for a default.
     *
     * <p>Fails with an {@link AbortException} although {@code customInstantiate} declares none, because a pipeline prints
     * other exceptions with a stack trace.
     *
     * @param type the class that is created
     */
    @NonNull
    public static Map<String, Object> read(@NonNull Class<?> type, @NonNull Map<String, Object> arguments) {
        try {
            return checked(type, arguments);
        } catch (AbortException e) {
            throw OptionArguments.<RuntimeException>undeclared(e);
        }
    }

    @SuppressWarnings("unchecked") // T is erased
    private static <T extends Exception> T undeclared(Exception e) throws T {
        throw (T) e;
    }

    private static Map<String, Object> checked(Class<?> type, Map<String, Object> arguments) throws AbortException {
        List<String> names = DescribableModel.of(type).getParameters().stream()
                .map(DescribableParameter::getName)
                .toList();
        Map<String, Object> read = new LinkedHashMap<>();
        for (Map.Entry<String, Object> argument : arguments.entrySet()) {
            String name = argument.getKey();
            PrebuildOption option = names.contains(name) ? PrebuildOption.named(name) : null;
            if (option == null) {
                throw new AbortException(unknown(name, names));
            }
            Object value = option.read(argument.getValue());
            if (value != null) {
                read.put(name, value);
            } else if (option == PrebuildOption.PROJECT_ID) {
                // A forgotten value must not select another project than intended.
                throw new AbortException(option.invalid(argument.getValue()));
            }
        }
        return read;
    }

    private static String unknown(String name, List<String> names) {
        String all = String.join(", ", names);
        if (name.equals(UninstantiatedDescribable.ANONYMOUS_KEY)) {
            return Messages.OptionArguments_unnamed(all);
        }
        Map<String, String> byLowerCase = new LinkedHashMap<>();
        names.forEach(each -> byLowerCase.put(each.toLowerCase(Locale.ROOT), each));
        String nearest = EditDistance.findNearest(name.toLowerCase(Locale.ROOT), byLowerCase.keySet());
        return Messages.OptionArguments_unknown(name, byLowerCase.get(nearest), all);
    }
}

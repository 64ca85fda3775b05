package io.jenkins.plugins.gitpod.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which classes of one package hold or create each other. A class holds the types of its fields and of the parameters of its
 * constructors, and creates what it calls a constructor of. A nested class is a part of its outer class.
 *
 * <p>What a class extends, implements, calls or returns does not count. So a class may pass itself to one that it creates, as
 * an interface that the other one declares: the other one then knows nothing of its creator. Siblings of a sealed interface, or
 * a class and its descriptor, are not in each other's way either.
 */
final class HeldClasses {

    private final Map<String, Set<String>> held = new TreeMap<>();

    HeldClasses(Iterable<JavaClass> classes) {
        classes.forEach(this::read);
    }

    static HeldClasses of(JavaClasses classes) {
        return new HeldClasses(classes);
    }

    private void read(JavaClass one) {
        for (JavaField field : one.getFields()) {
            add(one, field.getType());
        }
        for (JavaConstructor constructor : one.getConstructors()) {
            constructor.getParameterTypes().forEach(type -> add(one, type));
        }
        for (JavaConstructorCall call : one.getConstructorCallsFromSelf()) {
            boolean isSuper = call.getOrigin().isConstructor()
                    && one.getRawSuperclass()
                            .filter(call.getTargetOwner()::equals)
                            .isPresent();
            if (!isSuper) {
                add(one, call.getTargetOwner());
            }
        }
        one.getConstructorReferencesFromSelf().forEach(reference -> add(one, reference.getTargetOwner()));
    }

    private void add(JavaClass from, JavaType type) {
        for (JavaClass to : type.getAllInvolvedRawTypes()) {
            String holder = outer(from);
            if (to.getPackageName().equals(from.getPackageName()) && !outer(to).equals(holder)) {
                held.computeIfAbsent(holder, name -> new TreeSet<>()).add(outer(to));
            }
        }
    }

    private static String outer(JavaClass one) {
        return one.getName().replaceFirst("\\$.*", "");
    }

    /** What the class of this name holds or creates. */
    Set<String> by(Class<?> holder) {
        return held.getOrDefault(holder.getName(), Set.of());
    }

    /** For each group of classes that lead to each other, a shortest way around. */
    List<List<String>> cycles() {
        List<List<String>> found = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        for (String start : held.keySet()) {
            if (!seen.contains(start)) {
                List<String> cycle = cycle(start);
                seen.addAll(cycle);
                if (!cycle.isEmpty()) {
                    found.add(cycle);
                }
            }
        }
        return found;
    }

    private List<String> cycle(String start) {
        Map<String, String> reachedFrom = new HashMap<>();
        Deque<String> next = new ArrayDeque<>(List.of(start));
        while (!next.isEmpty() && !reachedFrom.containsKey(start)) {
            String from = next.remove();
            for (String to : held.getOrDefault(from, Set.of())) {
                if (reachedFrom.putIfAbsent(to, from) == null) {
                    next.add(to);
                }
            }
        }
        if (!reachedFrom.containsKey(start)) {
            return List.of();
        }
        List<String> way = new ArrayList<>(List.of(start));
        for (String at = reachedFrom.get(start); !at.equals(start); at = reachedFrom.get(at)) {
            way.add(at);
        }
        way.add(start);
        Collections.reverse(way);
        return way;
    }
}

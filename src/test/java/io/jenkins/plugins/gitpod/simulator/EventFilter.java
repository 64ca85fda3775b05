package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which prebuilds' events a stream wants: those that one of its entries lets through, all if it has no entry. */
final class EventFilter {
    private record Entry(Set<String> ids, Set<String> creators) {
        boolean allows(SimPrebuild prebuild, boolean deletion) {
            boolean created =
                    creators.isEmpty() || creators.contains(prebuild.creator().subjectId());
            return (ids.isEmpty() || ids.contains(prebuild.id())) && (created || deletion);
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    EventFilter(JsonNode filters) {
        if (filters.isEmpty()) {
            entries.add(new Entry(Set.of(), Set.of()));
        }
        for (JsonNode filter : filters) {
            if (EventService.PREBUILD.equals(filter.path("resourceType").asText())) {
                entries.add(new Entry(texts(filter.path("resourceIds")), texts(filter.path("creatorIds"))));
            }
        }
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new HashSet<>();
        list.forEach(value -> texts.add(value.textValue()));
        return texts;
    }

    boolean allows(SimPrebuild prebuild, boolean deletion) {
        return entries.stream().anyMatch(entry -> entry.allows(prebuild, deletion));
    }
}

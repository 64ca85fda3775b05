package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.Prebuild;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** Logs what happened to surplus prebuilds, for administrators, if no build is left to be told. */
final class SurplusLog {

    private static final Logger LOGGER = Logger.getLogger(SurplusLog.class.getName());

    private SurplusLog() {}

    static void log(Update update, PrebuildRequest request) {
        if (update instanceof Update.SurplusCancelled surplus) {
            LOGGER.log(
                    Level.INFO,
                    "Gitpod prebuild {0} of project {1} was made by a create whose answer was lost, and is not needed;"
                            + " it is cancelled",
                    new Object[] {surplus.prebuildId(), request.projectId()});
        } else if (update instanceof Update.SurplusUnsure unsure) {
            String ids = unsure.found().stream().map(Prebuild::id).collect(Collectors.joining(", "));
            LOGGER.log(
                    Level.WARNING,
                    "One of these prebuilds of project {0} may be surplus, made by a create whose answer was lost; it is"
                            + " not sure which, so none is cancelled: {1}",
                    new Object[] {request.projectId(), ids});
        }
    }
}

package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.Prebuild;
import java.util.List;

/**
 * The prebuilds of a project that one account made.
 *
 * @param complete whether these are all: if not, nothing can be concluded from their number
 */
record OwnPrebuilds(List<Prebuild> prebuilds, boolean complete) {
    OwnPrebuilds {
        prebuilds = List.copyOf(prebuilds);
    }
}

package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Project;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that decide what the prebuilds of a project contain: the devcontainer file and what lies beside it, Dockerfiles and
 * Compose files, and the automations file. What the devcontainer file names is not known, because Jenkins does not read it: the
 * workspace may be on an agent, or there may be none. So the usual names count.
 */
final class EnvironmentFiles {

    private static final String FOLDER = ".devcontainer";
    private static final String HIDDEN_FILE = ".devcontainer.json";
    private static final List<String> CONTAINER_FILES =
            List.of("Dockerfile*", "*.Dockerfile", "docker-compose*.y*ml", "compose*.y*ml");

    private EnvironmentFiles() {}

    /** Patterns of the files. */
    @NonNull
    static Stream<String> patterns(@NonNull Project.Files files) {
        return Stream.concat(devcontainer(relative(files.devcontainer())), automations(relative(files.automations())));
    }

    private static String relative(@Nullable String path) {
        return path == null ? "" : path.strip().replaceFirst("^(\\./|/)+", "");
    }

    private static Stream<String> automations(String path) {
        return path.isEmpty() ? Stream.of(".ona/automations.yaml", ".gitpod/automations.yaml") : Stream.of(path);
    }

    private static Stream<String> devcontainer(String path) {
        if (path.isEmpty()) {
            return Stream.concat(beside("", HIDDEN_FILE), Stream.of(".devcontainer-lock.json"));
        }
        String parent = path.substring(0, path.lastIndexOf('/') + 1);
        String folder = folder(parent);
        if (folder.isEmpty() || path.equals(parent + HIDDEN_FILE)) {
            // The folder of this file may be the source code.
            return beside(parent, path.substring(parent.length()));
        }
        String above = folder.substring(0, folder.lastIndexOf('/', folder.length() - 2) + 1);
        return Stream.concat(Stream.of(path, folder + "**"), containerFiles(above));
    }

    /** The outermost folder of the usual name, which may have local features, or else the folder of the file itself. */
    private static String folder(String parent) {
        int start = ('/' + parent).indexOf('/' + FOLDER + '/');
        return start < 0 ? parent : parent.substring(0, start + FOLDER.length() + 1);
    }

    /** A file, the usual folder, and the other files that its container may be built from, all in the same folder. */
    private static Stream<String> beside(String folder, String file) {
        return Stream.concat(Stream.of(folder + file, folder + FOLDER + "/**"), containerFiles(folder));
    }

    private static Stream<String> containerFiles(String folder) {
        return CONTAINER_FILES.stream().map(each -> folder + each);
    }
}

package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a repository is, with all that does not matter taken away: the host under its main name, and the path in decoded
 * segments, without {@code .git}, in lower case where the host ignores letter case.
 *
 * @param host under its main name; empty for a path on a disk
 * @param segments of the path, to be compared
 * @param plainSegments the same in their own letter case
 */
record RepositoryPath(
        @NonNull String host,
        @NonNull List<String> segments,
        @NonNull List<String> plainSegments) {

    static final String AZURE = "dev.azure.com";

    private static final String OLD_AZURE = ".visualstudio.com";
    private static final String OLD_COLLECTION = "DefaultCollection";
    private static final String AZURE_MARK = "_git";
    private static final String SUFFIX = ".git";

    /** Hosts that everybody can use and that ignore letter case, under all their names. */
    private static final Map<String, String> PUBLIC = Map.ofEntries(
            Map.entry("github.com", "github.com"),
            Map.entry("www.github.com", "github.com"),
            Map.entry("ssh.github.com", "github.com"),
            Map.entry("gitlab.com", "gitlab.com"),
            Map.entry("www.gitlab.com", "gitlab.com"),
            Map.entry("altssh.gitlab.com", "gitlab.com"),
            Map.entry("bitbucket.org", "bitbucket.org"),
            Map.entry("www.bitbucket.org", "bitbucket.org"),
            Map.entry("altssh.bitbucket.org", "bitbucket.org"),
            Map.entry(AZURE, AZURE),
            Map.entry("ssh.dev.azure.com", AZURE),
            Map.entry("vs-ssh.visualstudio.com", AZURE));

    /** Copies the lists. */
    RepositoryPath {
        segments = List.copyOf(segments);
        plainSegments = List.copyOf(plainSegments);
    }

    @NonNull
    static RepositoryPath of(@NonNull RepositoryUrl url) {
        String given = url.asciiHost().replaceFirst("\\.$", "");
        boolean isOldAzure = given.endsWith(OLD_AZURE) && !PUBLIC.containsKey(given);
        String host = isOldAzure ? AZURE : PUBLIC.getOrDefault(given, given);
        List<String> path = new ArrayList<>();
        boolean isDisk = url.transport() == RepositoryUrl.Transport.DISK;
        if (isDisk && !url.path().startsWith("/") && !url.path().isEmpty()) {
            path.add("."); // a relative path is another one
        }
        for (String segment : url.path().split("/")) {
            if (!segment.isEmpty()) {
                // Git decodes what has a scheme and nothing else; Azure decodes all.
                path.add(url.isNoUri() && !host.equals(AZURE) ? segment : decoded(segment));
            }
        }
        if (host.equals(AZURE)) {
            path = ofAzure(path, isOldAzure ? given.substring(0, given.length() - OLD_AZURE.length()) : "");
        } else {
            withoutSuffix(path);
        }
        if (!PUBLIC.containsKey(host)) {
            return new RepositoryPath(host, path, path);
        }
        return new RepositoryPath(
                host, path.stream().map(RepositoryPath::inLowerCase).toList(), path);
    }

    private static void withoutSuffix(List<String> path) {
        int last = path.size() - 1;
        if (last < 0 || !path.get(last).endsWith(SUFFIX)) {
            return;
        }
        String name = path.remove(last);
        if (name.length() > SUFFIX.length()) {
            path.add(name.substring(0, name.length() - SUFFIX.length()));
        }
    }

    /**
     * Azure's forms, all as organization, project and repository. A repository that has its project's name may be written
     * without the project. Azure has no suffix: a name may end in {@code .git}.
     *
     * @param organization from the host, or empty
     */
    private static List<String> ofAzure(List<String> path, String organization) {
        if (organization.isEmpty() && path.size() == 4 && path.get(0).equalsIgnoreCase("v3")) {
            return path.subList(1, 4);
        }
        List<String> rest = new ArrayList<>(path);
        if (!organization.isEmpty()) {
            if (!rest.isEmpty() && rest.get(0).equalsIgnoreCase(OLD_COLLECTION)) {
                rest.remove(0);
            }
            rest.add(0, organization);
        }
        int mark = rest.indexOf(AZURE_MARK);
        if (mark == rest.size() - 2 && (mark == 1 || mark == 2)) {
            String name = rest.get(mark + 1);
            return List.of(rest.get(0), mark == 1 ? name : rest.get(1), name);
        }
        if (!rest.isEmpty()) {
            rest.add(0, ""); // no repository's, and so never the same as one's
        }
        return rest;
    }

    /** Letters that only lower case makes the same stay apart, such as the Kelvin sign and K. */
    private static String inLowerCase(String text) {
        return text.codePoints()
                .map(c -> Character.toUpperCase(Character.toLowerCase(c)) == c ? Character.toLowerCase(c) : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Decodes a segment; one that is not encoded UTF-8 stays as it is. */
    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        byte[] given = segment.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < given.length; i++) {
            int high = given[i] == '%' && i + 2 < given.length ? Character.digit(given[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(given[i + 2], 16);
            if (low >= 0) {
                bytes.write(high * 16 + low);
                i += 2;
            } else {
                bytes.write(given[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return segment;
        }
    }

    boolean isSamePath(@NonNull RepositoryPath other, boolean ignoreCase) {
        if (!ignoreCase || segments.size() != other.segments.size()) {
            return segments.equals(other.segments);
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!segments.get(i).equalsIgnoreCase(other.segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is one of the hosts that everybody can use, on whatever port. */
    boolean isPublicHost() {
        return PUBLIC.containsKey(host);
    }

    boolean isAzure() {
        return host.equals(AZURE);
    }

    /** Whether this is a repository of Azure's whose organization, project and name are known. */
    boolean isAzureRepository() {
        return isAzure() && segments.size() == 3 && !segments.get(0).isEmpty();
    }

    /** Whether the first segment, usually the owner, is this. */
    boolean startsWith(@NonNull String owner) {
        return !segments.isEmpty() && segments.get(0).equalsIgnoreCase(owner);
    }
}

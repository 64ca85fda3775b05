package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A path as git prints it: in double quotes, with escapes like in C, if it contains other characters than usual. */
final class GitPath {

    private static final String ESCAPED = "abtnvfr";
    private static final String CONTROLS = "\u0007\b\t\n\u000b\f\r";

    private GitPath() {}

    /** The path without quotes and escapes. Escaped bytes are those of UTF-8. */
    @NonNull
    static String unquoted(@NonNull String path) {
        if (path.length() < 2 || !path.startsWith("\"") || !path.endsWith("\"")) {
            return path;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int end = path.length() - 1;
        int i = 1;
        while (i < end) {
            int c = path.codePointAt(i);
            i += Character.charCount(c);
            if (c != '\\' || i >= end) {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            } else if (isOctal(path, i, end)) {
                bytes.write(Integer.parseInt(path.substring(i, i + 3), 8));
                i += 3;
            } else {
                char escaped = path.charAt(i++);
                int control = ESCAPED.indexOf(escaped);
                bytes.write(control < 0 ? escaped : CONTROLS.charAt(control));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isOctal(String path, int from, int end) {
        return from + 3 <= end && path.substring(from, from + 3).matches("[0-3][0-7]{2}");
    }
}

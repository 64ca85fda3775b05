package io.jenkins.plugins.gitpod.checkout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GitPathTest {

    @Test
    void quotesAndEscapesAreRemoved() {
        assertEquals("docs/plain file.md", GitPath.unquoted("docs/plain file.md"));
        assertEquals("docs/Übersicht.md", GitPath.unquoted("\"docs/\\303\\234bersicht.md\""));
        assertEquals("日本.md", GitPath.unquoted("\"\\346\\227\\245\\346\\234\\254.md\""));
        assertEquals("a\tb \"c\" \\d", GitPath.unquoted("\"a\\tb \\\"c\\\" \\\\d\""));
        // as git prints it with core.quotePath off
        assertEquals("é\"", GitPath.unquoted("\"é\\\"\""));
    }

    @Test
    void whatIsNotQuotedAsGitDoesItIsLeftAsItIs() {
        assertEquals("\"", GitPath.unquoted("\""));
        assertEquals("\"half", GitPath.unquoted("\"half"));
        assertEquals("a\\303", GitPath.unquoted("a\\303"));
        assertEquals("\\", GitPath.unquoted("\"\\\""));
        assertEquals("9", GitPath.unquoted("\"\\9\""));
        assertEquals("37", GitPath.unquoted("\"\\37\""));
    }
}

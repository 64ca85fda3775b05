package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventMessagesTest {

    private static final List<String> MESSAGES = List.of("{\"a\":\"ä\"}", "", "[]");
    private static final String ERROR = "{\"error\":{\"code\":\"unavailable\"}}";

    private static byte[] frame(int flags, String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + text.length)
                .put((byte) flags)
                .putInt(text.length)
                .put(text)
                .array();
    }

    private static byte[] bytes(EventFormat format, int endFlags, String end) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String message : MESSAGES) {
            all.writeBytes(
                    format == EventFormat.CONNECT
                            ? frame(0, message)
                            : (message + "\n").getBytes(StandardCharsets.UTF_8));
        }
        all.writeBytes(format == EventFormat.CONNECT ? frame(endFlags, end) : end.getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    /** Feeds the parts, each with what comes after it in the same array, as the buffers of a client may be. */
    private static List<String> feed(EventMessages messages, byte[] all, int... cuts) throws Exception {
        List<String> found = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= cuts.length; i++) {
            int end = i < cuts.length ? cuts[i] : all.length;
            ByteBuffer part = ByteBuffer.wrap(all, start, end - start).asReadOnlyBuffer();
            for (Optional<byte[]> next = messages.next(part); next.isPresent(); next = messages.next(part)) {
                found.add(new String(next.get(), StandardCharsets.UTF_8));
            }
            start = end;
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource
    void aPartMayEndAnywhere(EventFormat format) throws Exception {
        byte[] all = bytes(format, 0, "x\n");
        String last = format == EventFormat.CONNECT ? "x\n" : "x";
        for (int first = 0; first <= all.length; first++) {
            for (int second = first; second <= all.length; second++) {
                assertThat(
                        feed(EventMessages.of(format), all, first, second), contains(MESSAGES.get(0), "", "[]", last));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPartMayBeAByte(EventFormat format) throws Exception {
        byte[] all = bytes(format, 0, "x\n");
        int[] cuts = new int[all.length];
        for (int i = 0; i < cuts.length; i++) {
            cuts[i] = i;
        }
        assertThat(feed(EventMessages.of(format), all, cuts).size(), is(4));
    }

    @Test
    void anErrorInTheEndFrameIsFoundWhereverAPartEnds() throws Exception {
        byte[] all = bytes(EventFormat.CONNECT, 2, ERROR);
        for (int cut = 0; cut <= all.length; cut++) {
            EventMessages messages = EventMessages.of(EventFormat.CONNECT);
            assertThat(feed(messages, all, cut).size(), is(3));
            assertThat(messages.isEnded(), is(true));
            assertThat(Json.text(messages.error(), "code"), is("unavailable"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{}", "{\"metadata\":{}}"})
    void anEndFrameWithoutErrorIsTheEndAndWhatFollowsIsIgnored(String end) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(bytes(EventFormat.CONNECT, 2, end));
        all.writeBytes(frame(0, "after the end"));
        EventMessages messages = EventMessages.of(EventFormat.CONNECT);
        assertThat(feed(messages, all.toByteArray()).size(), is(3));
        assertThat(messages.isEnded(), is(true));
        assertThat(messages.error(), is(nullValue()));
    }

    @Test
    void framesThatEndWithoutAnEndFrameWereCut() throws Exception {
        byte[] all = bytes(EventFormat.CONNECT, 2, "{}");
        for (int cut = 0; cut < all.length; cut++) {
            EventMessages messages = EventMessages.of(EventFormat.CONNECT);
            feed(messages, java.util.Arrays.copyOf(all, cut));
            assertThat(messages.isEnded(), is(false));
            assertThrows(EOFException.class, messages::last);
        }
    }

    @Test
    void theLastLineMayLackItsEnd() throws Exception {
        EventMessages messages = EventMessages.of(EventFormat.LINES);
        assertThat(feed(messages, "one\ntwo".getBytes(StandardCharsets.UTF_8)), contains("one"));
        assertThat(new String(messages.last().orElseThrow(), StandardCharsets.UTF_8), is("two"));
        assertThat(messages.last().isPresent(), is(false));
    }

    @Test
    void aMessageMayBeAsLongAsTheLimitAndNoLonger() throws Exception {
        String longest = "x".repeat(EventMessages.MAX_MESSAGE);
        assertThat(feed(EventMessages.of(EventFormat.CONNECT), frame(0, longest), 1000), contains(longest));
        assertThat(
                feed(EventMessages.of(EventFormat.LINES), (longest + "\n").getBytes(StandardCharsets.UTF_8), 1000),
                contains(longest));

        assertRefused(EventFormat.CONNECT, new byte[] {0, 0, 1, 0, 1}, "65537 bytes");
        assertRefused(EventFormat.CONNECT, new byte[] {0, -1, -1, -1, -1}, "4294967295 bytes");
        assertRefused(EventFormat.LINES, (longest + "x").getBytes(StandardCharsets.UTF_8), "more than 65536 bytes");
    }

    @Test
    void aFrameIsRefusedByItsFirstByte() {
        assertRefused(EventFormat.CONNECT, new byte[] {1}, "compressed");
        assertRefused(EventFormat.CONNECT, new byte[] {3}, "compressed");
        assertRefused(EventFormat.CONNECT, new byte[] {4}, "unknown flags 4");
        assertRefused(EventFormat.CONNECT, new byte[] {-128}, "unknown flags 128");
    }

    private static void assertRefused(EventFormat format, byte[] all, String why) {
        UnexpectedAnswerException e =
                assertThrows(UnexpectedAnswerException.class, () -> feed(EventMessages.of(format), all));
        assertThat(e.getMessage(), containsString(why));
    }
}

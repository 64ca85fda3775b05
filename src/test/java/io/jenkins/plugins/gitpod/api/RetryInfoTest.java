package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryInfoTest {

    @ParameterizedTest
    @ValueSource(strings = {"CgIIAg", "CgIIAg=="})
    void theDocumentedValueIsTwoSeconds(String value) {
        assertThat(RetryInfo.delay(value), is(Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @CsvSource({
        "0a021001,                       0.000000001", // nanos only
        "0a080801108094ebdc03,           2", // 1 s and 1,000,000,000 ns, which is not normal
        "0a0808021080ca b5ee01,          2.5", // 500,000,000 ns
        "0a0508 80a38504,                8475008", // several bytes of seconds
        "1001 0a020802,                  2", // an unknown varint before it
        "1a03616263 0a020802,            2", // an unknown text before it
        "11 0102030405060708 0a020802,   2", // an unknown fixed64
        "15 01020304 0a020802,           2", // an unknown fixed32
        "0a041a000802,                   2", // an unknown field inside
        "0a020801 0a020802,              2", // the last one counts
        "0a00,                           0"
    })
    void secondsAndNanosAreReadAndTheRestIsPassedOver(String hex, String seconds) {
        Duration expected =
                Duration.ofNanos(new BigDecimal(seconds).movePointRight(9).longValueExact());

        assertThat(delay(hex), is(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // no delay
                "1001", // no delay, but another field
                "0a", // no length
                "0a05 0802", // too short
                "0aff ffff ffff ffff ffff 01 08", // a negative length
                "0a02 08ff", // half a varint
                "0a0b 08ffffffffffffffffffff", // a varint that never ends
                "0a0b 08ffffffffffffffffff01", // -1 s
                "0a16 08ffffffffffffffff7f 10ffffffffffffffff7f", // overflow
                "0b", // a group
                "07" // no such type
            })
    void garbageIsNoDelay(String hex) {
        assertThat(delay(hex), is(nullValue()));
    }

    @Test
    void whatIsNotBase64IsNoDelay() {
        assertThat(RetryInfo.delay("not base64!"), is(nullValue()));
        assertThat(RetryInfo.delay("C"), is(nullValue()));
    }

    private static Duration delay(String hex) {
        return RetryInfo.delay(Base64.getEncoder()
                .withoutPadding()
                .encodeToString(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }
}

package dev.exai.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.spi.ApiKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef.CanarySecret12345";

    private final Redactor redactor = new Redactor(ApiKey.of(KEY), 300);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key " + KEY + " is bad",
                "id 0123456789abcdef0123456789abcdef is bad",
                "secret CanarySecret12345 is bad",
                "Authorization: Bearer " + KEY,
                "{\"api_key\":\"CanarySecret12345\"}",
            })
    void clean_ownKey_showsNoPartOfIt(String text) {
        assertThat(redactor.clean(text))
                .doesNotContain("Canary", "0123456789abcdef")
                .contains("[key]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Incorrect API key provided: sk-canary1234567890.",
                "Incorrect API key provided: sk-canary********890",
                "Your account org-canary<ak-canary> request reached organization max RPM: 3",
                "SK-CANARY1",
                "Bearer canary-token",
                "bearer   canary,",
                "token=canary123",
                "key fedcba9876543210fedcba9876543210.canaryCanary is no key",
                "eyJcanary.eyJcanary.canary",
                "user canary@example.org",
                "canary0123456789canary0123456789canary0123456789",
            })
    void clean_keysAndAccountsOfOthers_areGone(String text) {
        assertThat(redactor.clean(text)).doesNotContainIgnoringCase("canary");
    }

    @Test
    void clean_plainWords_stay() {
        String text = "Your account request reached organization max RPM: 3, please try again after 1 seconds";

        assertThat(redactor.clean(text)).isEqualTo(text);
        assertThat(redactor.clean("invalid temperature: only 1 is allowed for this model"))
                .isEqualTo("invalid temperature: only 1 is allowed for this model");
        assertThat(redactor.clean("Limit resets at 2026-10-01 18:00:00"))
                .isEqualTo("Limit resets at 2026-10-01 18:00:00");
    }

    @Test
    void clean_lines_becomeOne() {
        assertThat(redactor.clean(" a\r\n\tb\u0000\u001b[31mc\u2028d ")).isEqualTo("a b [31mc d");
    }

    @Test
    void clean_long_isCut() {
        assertThat(redactor.clean("word ".repeat(10_000))).hasSize(303).endsWith("...");
    }

    @Test
    void clean_pairOfSurrogatesAtTheCut_isNotSplit() {
        String cleaned = Redactor.scrub("a😀b", 2);

        assertThat(cleaned).isEqualTo("a...");
    }

    @Test
    void clean_longTextOfOneKind_isQuick() {
        assertThat(redactor.clean("a".repeat(1_000_000))).isEqualTo("[long word]");
        assertThat(redactor.clean("sk-".repeat(300_000))).doesNotContain("sk-sk");
    }

    @Test
    void toString_redactor_showsNoKey() {
        assertThat(redactor.toString()).doesNotContain("Canary", "0123");
    }
}

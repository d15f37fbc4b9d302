package dev.exai.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UsageTest {
    @Test
    void of_negative_countsAsNone() {
        Usage unknown = Usage.of(-1, -1, 7, -1);

        assertThat(unknown.promptTokens()).isZero();
        assertThat(unknown.cachedTokens()).isZero();
        assertThat(unknown.reasoningTokens()).isZero();
        assertThat(unknown.totalTokens()).isEqualTo(7);
    }

    @Test
    void totalTokens_moreThanALongHolds_isTheMost() {
        assertThat(Usage.of(Long.MAX_VALUE, 0, 1, 0).totalTokens()).isEqualTo(Long.MAX_VALUE);
    }
}

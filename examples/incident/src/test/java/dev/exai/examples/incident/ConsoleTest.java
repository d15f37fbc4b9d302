package dev.exai.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(printed, true, StandardCharsets.UTF_8));

    @Test
    void allHold_oneBrokenClaim_isFalseAndSaysSo() {
        console.verdict(true, "one");
        console.verdict(false, "two is %d", 2);
        console.summary(Duration.ofSeconds(1));

        assertThat(console.allHold()).isFalse();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("HOLDS  one", "BROKEN two is 2", "BROKEN: 1 of 2 claims hold");
    }

    @Test
    void allHold_noClaimAtAll_isFalse() {
        assertThat(console.allHold()).isFalse();
    }

    @Test
    void allHold_everyClaim_isTrue() {
        console.verdict(true, "one");

        assertThat(console.allHold()).isTrue();
    }
}

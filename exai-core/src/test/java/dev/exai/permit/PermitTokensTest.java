package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I3, I4: tokens over several windows, and who may not pass one that lacks them")
class PermitTokensTest {
    private Desk desk;

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    @Test
    void tokens_severalWindows_eachMustHaveRoomForAll() {
        desk = Desk.of(Desk.limits()
                .rate(
                        "kimi",
                        RateBudget.builder()
                                .tokensPerMinute(100)
                                .tokens(150, Duration.ofMinutes(10))
                                .build()));
        desk.askTokens("a", "kimi", 80);
        desk.clock.advance(Duration.ofSeconds(60));

        Asker second = desk.askTokens("a", "kimi", 80);

        assertThat(second.waits())
                .as("100 a minute, but 70 until ten have passed")
                .isTrue();
        desk.clock.advance(Duration.ofSeconds(540));
        assertThat(second.holds()).isTrue();
    }

    @Test // its class is another one, for it holds something here; its turn is later all the same
    void tokens_tooFewForTheNewcomer_aSessionThatHoldsDoesNotPassIt() {
        desk = Desk.of(Desk.limits()
                .rate("glm", RateBudget.builder().tokensPerMinute(100).build()));
        desk.askTokens("a", "glm", 70);
        desk.clock.advance(Duration.ofSeconds(30));
        Asker newcomer = desk.askTokens("b", "glm", 60);

        Asker little = desk.askTokens("a", "glm", 10);

        assertThat(newcomer.waits()).isTrue();
        assertThat(little.waits()).isTrue();
        desk.clock.advance(Duration.ofSeconds(30));
        assertThat(newcomer.holds()).isTrue();
        assertThat(little.holds()).isTrue();
    }
}

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

    @Test // who stands behind one that lacks tokens could not go: nothing is taken from it
    void tokens_tooFewForWhoseTurnItIs_thoseBehindAreNotOvertakenFromElsewhere() {
        desk = Desk.of(Desk.limits()
                .provider("glm", 1)
                .provider("kimi", 1)
                .global(1)
                .bypassFactor(1)
                .rate("glm", RateBudget.builder().tokensPerMinute(20).build()));
        desk.askTokens("s", "glm", 5).close();
        Asker holder = desk.ask("k", "kimi");
        Asker lacks = desk.askTokens("b", "glm", 20);
        Asker behind = desk.ask("c", "glm");

        for (int i = 0; i < 5; i++) {
            Asker next = desk.ask("k" + i, "kimi");
            holder.close();
            assertThat(next.holds()).isTrue();
            holder = next;
        }

        assertThat(behind.request.entry.lane().overtaken).isZero();
        desk.clock.advance(Duration.ofSeconds(60));
        holder.close();
        assertThat(lacks.holds()).isTrue();
        lacks.close();
        assertThat(behind.waits()).as("20 a minute are spent").isTrue();
        desk.clock.advance(Duration.ofSeconds(60));
        assertThat(behind.holds()).isTrue();
    }
}

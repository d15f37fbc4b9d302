package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.SessionId;
import dev.exai.permit.Desk.Asker;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I4: who counts as overtaken, and what an overdue head holds up")
class PermitOvertakingTest {
    private Desk desk = Desk.glm(1);

    @AfterEach
    void nothingWaitsThatCouldBeGranted() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    private static int overtaken(Asker head) {
        return head.request.entry.lane().overtaken;
    }

    @Test
    void grant_ofTheOlder_overtakesNobody() {
        Asker holder = desk.ask("a", "glm");
        Asker older = desk.ask("b", "glm");
        Asker younger = desk.ask("c", "glm");

        holder.close();

        assertThat(older.holds()).isTrue();
        assertThat(overtaken(younger)).isZero();
    }

    @Test
    void grant_betweenAnOlderAndAYounger_overtakesTheOlderAlone() {
        desk = Desk.glm(2);
        desk.ask("a", "glm");
        Asker other = desk.ask("b", "glm");
        Asker older = desk.ask("a", "glm");
        Asker between = desk.ask("c", "glm");
        Asker younger = desk.ask("d", "glm");

        other.close();

        assertThat(between.holds())
                .as("the last unit is for one that holds nothing")
                .isTrue();
        assertThat(overtaken(older)).isEqualTo(1);
        assertThat(overtaken(younger)).isZero();
    }

    @Test
    void cancel_ofAnOvertakenHead_theNextOfItsLaneBeginsAtNone() {
        desk = Desk.glm(2);
        desk.ask("a", "glm");
        Asker other = desk.ask("b", "glm");
        Asker head = desk.ask("a", "glm");
        Asker behind = desk.ask("a", "glm");
        desk.ask("c", "glm");
        other.close();
        assertThat(overtaken(head)).isEqualTo(1);

        head.request.cancel();

        assertThat(behind.waits()).isTrue();
        assertThat(overtaken(behind)).isZero();
    }

    @Test // else each could wait for a unit that is withheld for the other
    void overdue_two_theOlderGoesFirst() {
        desk = Desk.of(Desk.limits().provider("glm", 3).bypassFactor(1));
        desk.ask("a", "glm");
        desk.ask("b", "glm");
        Asker current = desk.ask("x", "glm");
        List<Asker> heads = List.of(desk.ask("a", "glm"), desk.ask("b", "glm"));
        for (int i = 0; i < 3; i++) {
            Asker newcomer = desk.ask("new" + i, "glm");
            current.close();
            assertThat(newcomer.holds()).as("it holds nothing yet").isTrue();
            current = newcomer;
        }
        assertThat(heads).allMatch(head -> overtaken(head) == 3);

        current.close();

        assertThat(heads).extracting(Asker::holds).containsExactly(true, false);
    }

    @Test // who asks for little does not starve it for ever, and not even once more
    void overdue_lacksTokens_nobodyAtItsProviderPassesIt() {
        desk = Desk.of(Desk.limits()
                .provider("glm", 2)
                .bypassFactor(1)
                .rate("glm", RateBudget.builder().tokensPerMinute(100).build()));
        desk.askTokens("a", "glm", 10);
        Asker current = desk.askTokens("x", "glm", 10);
        Asker much = desk.askTokens("a", "glm", 80);
        for (int i = 0; i < 2; i++) {
            Asker newcomer = desk.askTokens("new" + i, "glm", 10);
            current.close();
            assertThat(newcomer.holds()).isTrue();
            current = newcomer;
        }
        assertThat(overtaken(much)).isEqualTo(2);
        Asker little = desk.askTokens("c", "glm", 5);

        current.close();

        assertThat(much.waits()).as("60 of 80 tokens are there").isTrue();
        assertThat(little.waits()).isTrue();
    }

    @Test
    void overdue_itsModelIsFull_othersOfTheProviderGoOn() {
        desk = Desk.of(Desk.limits().provider("glm", 2).model("glm", "plus", 1).bypassFactor(1));
        desk.pool.openSession(SessionId.of("b"), 1);
        desk.askModel("b", "glm", "plus").close();
        Asker current = desk.askModel("x", "glm", "plus");
        Asker head = desk.askModel("b", "glm", "plus");
        for (int i = 0; i < 2; i++) {
            Asker newcomer = desk.askModel("new" + i, "glm", "plus");
            current.close();
            assertThat(newcomer.holds()).as("less recently served").isTrue();
            current = newcomer;
        }
        assertThat(overtaken(head)).isEqualTo(2);

        assertThat(desk.askModel("c", "glm", "air").holds()).isTrue();

        assertThat(head.waits()).isTrue();
        current.close();
        assertThat(head.holds()).isTrue();
    }
}

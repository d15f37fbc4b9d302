package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.permit.Desk.Asker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I1, I4: other limits, while sessions, lanes and ceilings are there already")
class PermitResizeTest {
    private Desk desk = Desk.glm(3);

    @AfterEach
    void poolIsWhole() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    @Test // a peer's shrink waits in the queue for the permits that it wants to take away
    void resize_toLessThanIsOut_returnsWhileAllAreInUse() {
        List<Asker> holders = List.of(desk.ask("a", "glm"), desk.ask("b", "glm"), desk.ask("c", "glm"));

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> desk.pool.resize(
                        desk.pool.limits().toBuilder().provider("glm", 1).build()));

        assertThat(holders).allMatch(Asker::holds);
    }

    @Test
    void resize_sessionIsKnown_hasTheNewLimit() {
        desk.pool.openSession(SessionId.of("a"), 1);
        desk.ask("a", "glm");

        desk.pool.resize(desk.pool.limits().toBuilder().session(1).build());

        assertThat(desk.ask("a", "glm").waits()).isTrue();
        assertThat(desk.ask("b", "glm").holds()).isTrue();
    }

    @Test
    void resize_belowWhatTheCeilingAllows_isObeyed() {
        desk = Desk.glm(10);
        for (int i = 0; i < 9; i++) {
            desk.ask("s" + i, "glm");
        }
        desk.ask("s", "glm").granted.get(0).reportCongestion();

        desk.pool.resize(desk.pool.limits().toBuilder().provider("glm", 3).build());

        assertThat(desk.pool
                        .snapshot()
                        .provider(ProviderId.of("glm"))
                        .orElseThrow()
                        .limit())
                .isEqualTo(3);
    }

    @Test
    void resize_otherModelsHaveLimits_whoWaitsInALaneKeepsItsPlace() {
        desk = Desk.glm(1);
        Asker holder = desk.askModel("a", "glm", "plus");
        List<Asker> waiters = List.of(
                desk.askModel("a", "glm", "plus"),
                desk.askModel("a", "glm", "plus"),
                desk.askModel("a", "glm", "plus"));

        desk.pool.resize(desk.pool.limits().toBuilder().model("glm", "plus", 1).build());

        Asker current = holder;
        for (Asker next : waiters) {
            current.close();
            assertThat(next.holds()).isTrue();
            current = next;
        }
    }
}

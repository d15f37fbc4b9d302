package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaneNumbersTest {
    private final Ledger ledger = new Ledger(Desk.glm(1).pool, Desk.limits().build());
    private final ProviderState glm = ledger.provider(ProviderId.of("glm"));
    private final LaneGroup group = glm.groups.get(0);

    private Lane lane(String session) {
        return new Lane(new Share(new SessionState(ledger, SessionId.of(session), 10), glm, 10), group);
    }

    @Test
    void lane_ofEachNumber_isTheOneThatHasIt() {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            lanes.add(lane("s" + i));
        }

        assertThat(lanes).extracting(lane -> lane.number).doesNotHaveDuplicates();
        assertThat(lanes)
                .allSatisfy(lane -> assertThat(group.numbers.lane(lane.number)).isSameAs(lane));
    }

    /** Sessions come and go for as long as a daemon runs: their numbers must not grow with that. */
    @Test
    void take_thoseGivenBack_areGivenAgain() {
        Lane stays = lane("stays");
        for (int i = 0; i < 1_000; i++) {
            Lane comes = lane("comes");
            Lane goes = lane("goes");
            assertThat(List.of(comes.number, goes.number)).containsExactlyInAnyOrder(1, 2);
            group.numbers.giveBack(comes);
            group.numbers.giveBack(goes);
        }

        assertThat(group.numbers.lane(stays.number)).isSameAs(stays);
    }
}

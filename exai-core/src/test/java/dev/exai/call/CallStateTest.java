package dev.exai.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** I7: the table of legal moves. {@code BaseCall} asserts that no call makes another one. */
class CallStateTest {
    @ParameterizedTest
    @EnumSource
    void next_terminalStates_haveNoneAndOthersCanBeEndedFromOutside(CallState state) {
        if (state.isTerminal()) {
            assertThat(state.next()).isEmpty();
        } else {
            assertThat(state.next()).contains(CallState.CANCELLED, CallState.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void next_success_comesFromRunningOnly_andBackOffLeadsThroughTheQueue() {
        assertThat(Arrays.stream(CallState.values())
                        .filter(state -> state.next().contains(CallState.SUCCEEDED)))
                .containsExactly(CallState.RUNNING);
        assertThat(CallState.BACKING_OFF.next()).contains(CallState.QUEUED).doesNotContain(CallState.RUNNING);
    }
}

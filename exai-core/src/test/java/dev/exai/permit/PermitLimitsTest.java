package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermitLimitsTest {
    private static final ProviderId GLM = ProviderId.of("glm");
    private static final ProviderId KIMI = ProviderId.of("kimi");

    @Test
    void forDevelopment_asDocumented() {
        PermitLimits limits = PermitLimits.forDevelopment();

        assertThat(limits.provider(GLM)).isEqualTo(3);
        assertThat(limits.provider(KIMI)).isEqualTo(3);
        assertThat(limits.provider(ProviderId.of("other"))).isEqualTo(2);
        assertThat(limits.session()).isEqualTo(4);
        assertThat(limits.global()).isEqualTo(8);
        assertThat(limits.maxQueuedPerSession()).isEqualTo(256);
        assertThat(limits.maxQueued()).isEqualTo(4096);
        assertThat(limits.newcomerUnit()).isTrue();
        assertThat(limits.bypassFactor()).isEqualTo(2);
        assertThat(limits.warnings(List.of(GLM, KIMI))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "EXAI_WS_GLOBAL_MAX_INFLIGHT, 24, 24, 3, 3, 4",
        "EXAI_WS_GLM_MAX_INFLIGHT,    4,  8,  4, 3, 4",
        "EXAI_WS_KIMI_MAX_INFLIGHT,   6,  9,  3, 6, 4",
        "EXAI_WS_SESSION_MAX_INFLIGHT,7,  8,  3, 3, 7",
    })
    void fromEnvironment_oneSet_changesThatOneOnly(
            String name, String value, int global, int glm, int kimi, int session) {
        PermitLimits limits = PermitLimits.fromEnvironment(Map.of(name, value));

        assertThat(limits.global()).isEqualTo(global);
        assertThat(limits.provider(GLM)).isEqualTo(glm);
        assertThat(limits.provider(KIMI)).isEqualTo(kimi);
        assertThat(limits.session()).isEqualTo(session);
    }

    @Test
    void fromEnvironment_theOldDaemonsValues_areTaken() {
        PermitLimits limits = PermitLimits.fromEnvironment(Map.of(
                "EXAI_WS_GLOBAL_MAX_INFLIGHT", "24",
                "EXAI_WS_KIMI_MAX_INFLIGHT", " 6 ",
                "EXAI_WS_GLM_MAX_INFLIGHT", "4",
                "EXAI_WS_SESSION_MAX_INFLIGHT", "8",
                "EXAI_WS_SOMETHING_ELSE", "no number"));

        assertThat(limits).hasToString(limits.toString()).satisfies(all -> {
            assertThat(all.global()).isEqualTo(24);
            assertThat(all.provider(KIMI)).isEqualTo(6);
            assertThat(all.provider(GLM)).isEqualTo(4);
            assertThat(all.session()).isEqualTo(8);
        });
    }

    @Test
    void fromEnvironment_emptyOrBlank_countsAsNotSet() {
        PermitLimits limits =
                PermitLimits.fromEnvironment(Map.of("EXAI_WS_GLM_MAX_INFLIGHT", "", "EXAI_WS_KIMI_MAX_INFLIGHT", "  "));

        assertThat(limits.provider(GLM)).isEqualTo(3);
        assertThat(limits.provider(KIMI)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "100001", "3.5", "four", "0x10", "99999999999999999999", "3 4"})
    void fromEnvironment_badValue_isRefusedWithNameValueAndWhatIsAllowed(String value) {
        for (String name : List.of(
                "EXAI_WS_GLOBAL_MAX_INFLIGHT",
                "EXAI_WS_GLM_MAX_INFLIGHT",
                "EXAI_WS_KIMI_MAX_INFLIGHT",
                "EXAI_WS_SESSION_MAX_INFLIGHT")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PermitLimits.fromEnvironment(Map.of(name, value)))
                    .withMessageContaining(name)
                    .withMessageContaining("'" + value + "'")
                    .withMessageContaining("from 1 to 100000");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_001})
    void builder_limitOutOfRange_isRefusedAtOnceWithNameAndValue(int value) {
        PermitLimits.Builder builder = PermitLimits.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.global(value))
                .withMessage("global limit not in 1..100000: " + value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.provider("glm", value))
                .withMessage("glm limit not in 1..100000: " + value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.otherProviders(value))
                .withMessage("otherProviders limit not in 1..100000: " + value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.session(value))
                .withMessage("session limit not in 1..100000: " + value);
    }

    @Test
    void builder_boundsBelowOne_areRefusedAtOnce() {
        PermitLimits.Builder builder = PermitLimits.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxQueued(0))
                .withMessage("maxQueued < 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxQueuedPerSession(0))
                .withMessage("maxQueuedPerSession < 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.bypassFactor(0))
                .withMessage("bypassFactor < 1: 0");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.provider(" ", 1));
    }

    @Test
    void global_notSet_isTheSumOfProvidersOrEight() {
        assertThat(PermitLimits.builder()
                        .provider("glm", 10)
                        .provider("kimi", 20)
                        .build()
                        .global())
                .isEqualTo(30);
        assertThat(PermitLimits.builder()
                        .provider("glm", 1)
                        .provider("kimi", 1)
                        .build()
                        .global())
                .isEqualTo(8);
    }

    @Test // I4
    void warnings_globalBelowSum_saysThatProvidersCanDelayEachOther() {
        PermitLimits limits = PermitLimits.builder().global(5).session(5).build();

        assertThat(limits.warnings(List.of(GLM, KIMI)))
                .singleElement()
                .asString()
                .contains("global limit 5", "sum of the provider limits 6");
        assertThat(limits.warnings(List.of(GLM)))
                .as("only providers that are used count")
                .isEmpty();
    }

    @Test
    void warnings_sessionAboveGlobal_saysSo() {
        PermitLimits limits = PermitLimits.builder().global(6).session(7).build();

        assertThat(limits.warnings(List.of(GLM, KIMI)))
                .singleElement()
                .asString()
                .contains("session limit 7", "global limit 6");
    }

    @Test
    void toBuilder_anything_isCopied() {
        PermitLimits limits = PermitLimits.builder()
                .global(9)
                .provider("glm", 5)
                .otherProviders(7)
                .session(6)
                .maxQueued(11)
                .maxQueuedPerSession(10)
                .newcomerUnit(false)
                .bypassFactor(3)
                .build();

        PermitLimits copy = limits.toBuilder().build();

        assertThat(copy).usingRecursiveComparison().isEqualTo(limits);
        assertThat(limits).asString().contains("global 9", "glm=5", "kimi=3", "others 7", "session 6");
    }

    @Test
    void toBuilder_everySetting_isKept() {
        PermitLimits limits = PermitLimits.builder()
                .session("big", 7)
                .sessionAtEachProvider(3)
                .sessionAt("kimi", 2)
                .model("glm", "plus", 1)
                .eachModel("kimi", 2)
                .rate("kimi", RateBudget.builder().requestsPerMinute(3).build())
                .ceilingFloor(2)
                .ceilingProbe(Duration.ofSeconds(9))
                .refuseHopeless(true)
                .build();

        PermitLimits copy = limits.toBuilder().build();

        assertThat(copy).usingRecursiveComparison().isEqualTo(limits);
        assertThat(copy).hasToString(limits.toString());
        assertThat(limits.session(SessionId.of("big"))).isEqualTo(7);
        assertThat(limits.session(SessionId.of("other"))).isEqualTo(4);
        assertThat(limits.sessionAt(ProviderId.of("glm"))).isEqualTo(3);
        assertThat(limits.model(ProviderId.of("glm"), "air")).isEmpty();
        assertThat(limits.model(ProviderId.of("kimi"), "any")).contains(2);
    }

    @Test
    void builder_modelAboveItsProvider_warns() {
        PermitLimits limits = PermitLimits.builder()
                .provider("glm", 2)
                .model("glm", "plus", 3)
                .build();

        assertThat(limits.warnings(List.of(ProviderId.of("glm"))))
                .singleElement()
                .asString()
                .contains("plus", "can never be used");
    }

    @Test
    void rateBudget_badInput_isRefused() {
        assertThatThrownBy(() -> RateBudget.builder().requestsPerMinute(0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RateBudget.builder().tokens(1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PermitLimits.builder().model("glm", " ", 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PermitLimits.builder().ceilingProbe(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

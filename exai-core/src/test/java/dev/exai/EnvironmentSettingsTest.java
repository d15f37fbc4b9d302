package dev.exai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.exai.context.ProviderId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentSettingsTest {
    private static final ProviderId GLM = ProviderId.of("glm");
    private static final ProviderId KIMI = ProviderId.of("kimi");
    private static final ProviderId OWN = ProviderId.of("my-own");

    @Test
    void attemptLimits_ofTheProvidersInUse_areRead() {
        Map<String, String> environment = Map.of(
                "GLM_TIMEOUT_SECS",
                "120",
                "KIMI_TIMEOUT_SECS",
                " 240 ",
                "MY_OWN_TIMEOUT_SECS",
                "1",
                "X_TIMEOUT_SECS",
                "?");

        assertThat(EnvironmentSettings.attemptLimits(environment, List.of(GLM, KIMI, OWN)))
                .containsOnly(
                        Map.entry(GLM, Duration.ofSeconds(120)),
                        Map.entry(KIMI, Duration.ofSeconds(240)),
                        Map.entry(OWN, Duration.ofSeconds(1)));
    }

    @Test
    void attemptLimits_notSet_areNone() {
        assertThat(EnvironmentSettings.attemptLimits(Map.of("GLM_TIMEOUT_SECS", " "), List.of(GLM)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "2m", "1.5", "86401", "99999999999"})
    void attemptLimits_badValue_isRefusedByNameValueAndWhatIsAllowed(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EnvironmentSettings.attemptLimits(Map.of("GLM_TIMEOUT_SECS", value), List.of(GLM)))
                .withMessageContaining("GLM_TIMEOUT_SECS='" + value + "'")
                .withMessageContaining("1 to 86400");
    }
}

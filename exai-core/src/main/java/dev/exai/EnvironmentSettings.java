package dev.exai;

import dev.exai.context.ProviderId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads the settings that are not permits from an environment: {@code <PROVIDER>_TIMEOUT_SECS}. */
final class EnvironmentSettings {
    private static final int MOST_SECONDS = 86_400;

    private EnvironmentSettings() {}

    /** The limit of one attempt for each provider that the environment gives one for. */
    static Map<ProviderId, Duration> attemptLimits(Map<String, String> environment, Iterable<ProviderId> providers) {
        Map<ProviderId, Duration> limits = new LinkedHashMap<>();
        for (ProviderId provider : providers) {
            String name = provider.value().toUpperCase(Locale.ROOT).replace('-', '_') + "_TIMEOUT_SECS";
            String value = environment.get(name);
            if (value != null && !value.isBlank()) {
                limits.put(provider, seconds(name, value));
            }
        }
        return limits;
    }

    private static Duration seconds(String name, String value) {
        try {
            int seconds = Integer.parseInt(value.strip());
            if (seconds >= 1 && seconds <= MOST_SECONDS) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException notANumber) {
            // refused below, as a number out of range is
        }
        throw new IllegalArgumentException(
                name + "='" + value + "': allowed is a whole number of seconds from 1 to " + MOST_SECONDS);
    }
}

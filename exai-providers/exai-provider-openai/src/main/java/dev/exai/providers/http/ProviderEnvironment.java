package dev.exai.providers.http;

import dev.exai.spi.ApiKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads what a provider needs from an environment. A variable that is blank counts as one that is not there. */
public final class ProviderEnvironment {
    private ProviderEnvironment() {}

    /**
     * {@return the key under the first name that has one}
     *
     * @param environment variables by name
     * @param names where to look, in order
     * @throws IllegalArgumentException if it can be no key; the message names the variable and does not show it
     */
    public static Optional<ApiKey> key(Map<String, String> environment, List<String> names) {
        for (String name : names) {
            String value = environment.get(name);
            if (value != null && !value.isBlank()) {
                try {
                    return Optional.of(ApiKey.of(value));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(name + ": " + e.getMessage());
                }
            }
        }
        return Optional.empty();
    }

    /**
     * {@return where the API is: one of the known places by name, or a URL}
     *
     * @param environment variables by name
     * @param name the variable
     * @param places URLs of the known places by name, in lower case
     * @throws IllegalArgumentException if it is neither; the message has the variable, its value without anything that
     *     looks like a key, and what is allowed
     */
    public static Optional<String> baseUrl(Map<String, String> environment, String name, Map<String, String> places) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            return Optional.empty();
        }
        String place = places.get(value.strip().toLowerCase(Locale.ROOT));
        if (place != null) {
            return Optional.of(place);
        }
        try {
            return Optional.of(BaseUrl.check(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    name + ": " + e.getMessage() + "; or one of " + String.join(", ", places.keySet()));
        }
    }
}

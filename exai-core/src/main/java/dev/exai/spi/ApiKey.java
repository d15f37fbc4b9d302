package dev.exai.spi;

import java.util.Objects;

/** A provider's key, which shows itself nowhere but where it is asked for by {@link #reveal}. Immutable. */
public final class ApiKey {
    private final String value;

    private ApiKey(String value) {
        this.value = value;
    }

    /**
     * {@return a key}
     *
     * @param value the key as the provider gave it out; blanks around it are dropped
     * @throws IllegalArgumentException if it is blank, or has a character that no HTTP header may hold; the message
     *     does not show it
     */
    public static ApiKey of(String value) {
        String key = Objects.requireNonNull(value, "key").strip();
        if (key.isEmpty()) {
            throw new IllegalArgumentException("the API key is blank");
        }
        if (!key.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new IllegalArgumentException("the API key has a character that is not printable ASCII");
        }
        return new ApiKey(key);
    }

    /** {@return the key itself; for the header that carries it and nothing else} */
    public String reveal() {
        return value;
    }

    /**
     * {@return a text without this key in it}
     *
     * @param text any text, for example what a provider answered
     */
    public String redactFrom(String text) {
        return text.replace(value, "[key]");
    }

    @Override
    public String toString() {
        return "ApiKey[redacted]";
    }
}

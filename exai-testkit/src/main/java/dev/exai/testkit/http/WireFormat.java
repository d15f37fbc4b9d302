package dev.exai.testkit.http;

import java.util.List;
import java.util.Locale;

/** The wire formats that a {@link FakeProviderServer} speaks. */
public enum WireFormat {
    /** GLM of Zhipu AI. */
    GLM(new GlmDialect()),
    /** Kimi of Moonshot AI. */
    KIMI(new KimiDialect()),
    /** Plain OpenAI. */
    OPENAI(new OpenAiDialect());

    private final Dialect dialect;

    WireFormat(Dialect dialect) {
        this.dialect = dialect;
    }

    /**
     * {@return the format of this name}
     *
     * @param name {@code glm}, {@code kimi} or {@code openai}, in any case
     * @throws IllegalArgumentException if there is none
     */
    public static WireFormat of(String name) {
        for (WireFormat format : values()) {
            if (format.label().equals(name.toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        throw new IllegalArgumentException("no wire format '" + name + "': use glm, kimi or openai");
    }

    /** {@return the errors that the vendor documents or was seen to send, for {@link HttpScript#error}} */
    public List<VendorError> errors() {
        return dialect.errors();
    }

    /** {@return the name in lower case} */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Dialect dialect() {
        return dialect;
    }
}

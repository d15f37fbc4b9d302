package dev.exai.context;

/**
 * Turns values of one type into JSON text and back. Core knows JSON only as text; {@code exai-json} has codecs for
 * records. Implementations are safe for use by many threads.
 *
 * @param <T> the type
 */
public interface Codec<T> {
    /**
     * {@return the value that a JSON text stands for}
     *
     * @param json the text
     * @throws IllegalArgumentException if the text does not fit the type; its message shows no content
     */
    T decode(String json);

    /**
     * {@return a value as JSON text}
     *
     * @param value the value
     */
    String encode(T value);

    /** {@return the JSON schema of the type} */
    String schema();
}

package dev.exai.providers.sse;

/** Takes server-sent events as bytes, for those who can read them so. */
@FunctionalInterface
public interface SseBytes {
    /**
     * Takes an event.
     *
     * @param event its kind; {@code message} if the server gave none
     * @param bytes holds its lines of data, joined by line feeds, as UTF-8; not to be changed, and used again after
     *     this call
     * @param offset where the data start
     * @param length how many bytes they are
     */
    void event(String event, byte[] bytes, int offset, int length);
}

package dev.exai.providers.sse;

/**
 * One server-sent event. {@code toString} tells its size, never its content.
 *
 * @param event its kind; {@code message} if the server gave none
 * @param data its lines of data, joined by line feeds
 */
public record SseFrame(String event, String data) {
    @Override
    public String toString() {
        return "SseFrame[" + data.length() + " chars]";
    }
}

package dev.exai.providers.sse;

/**
 * How much a {@link SseDecoder} takes before it gives up.
 *
 * @param lineBytes the longest line
 * @param eventBytes the most data of one event
 * @param totalBytes the most of a whole stream
 */
public record SseLimits(int lineBytes, int eventBytes, long totalBytes) {
    /** Far more than any answer needs: 8 MiB a line, 8 MiB an event, 256 MiB a stream. */
    public static final SseLimits DEFAULT = new SseLimits(8 << 20, 8 << 20, 256L << 20);

    /**
     * Creates the limits.
     *
     * @param lineBytes the longest line, at least 1
     * @param eventBytes the most data of one event, at least 1
     * @param totalBytes the most of a whole stream, at least 1
     */
    public SseLimits {
        if (lineBytes < 1 || eventBytes < 1 || totalBytes < 1) {
            throw new IllegalArgumentException(
                    "limit < 1: line " + lineBytes + ", event " + eventBytes + ", total " + totalBytes);
        }
    }
}

package dev.exai.providers.sse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into server-sent events, however the bytes are cut.
 *
 * <p>Lines end with CR, LF or CRLF; a byte order mark at the start and comments are passed over; several lines of data
 * make one event; bytes that are no UTF-8 become replacement characters. Unlike a browser it does not drop an event
 * whose closing blank line is missing at the end of the stream: servers forget it.
 *
 * <p>Not safe for use by several threads at the same time.
 */
public final class SseDecoder {
    private static final String DEFAULT_EVENT = "message";
    private static final byte[] BOM = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final int SMALLEST = 1024;

    private final SseLimits limits;
    private final Consumer<SseFrame> frames;

    private byte[] line = new byte[SMALLEST];
    private int lineLength;
    private boolean firstLine = true;
    private boolean afterCarriageReturn;
    private long total;

    private final StringBuilder data = new StringBuilder();
    private int dataBytes;
    private boolean hasData;
    private @Nullable String event;

    private @Nullable SseLimitException failure;

    /**
     * Creates a decoder at the start of a stream.
     *
     * @param limits how much it takes
     * @param frames takes the events, in order, on the thread that feeds the bytes
     */
    public SseDecoder(SseLimits limits, Consumer<SseFrame> frames) {
        this.limits = Objects.requireNonNull(limits, "limits");
        this.frames = Objects.requireNonNull(frames, "frames");
    }

    /**
     * Takes the next bytes.
     *
     * @param bytes holds them
     * @param offset where they start
     * @param length how many there are
     * @throws SseLimitException if the stream goes beyond a limit, now or in an earlier call
     */
    public void feed(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (failure != null) {
            throw failure;
        }
        total += length;
        if (total > limits.totalBytes()) {
            throw fail("stream", limits.totalBytes());
        }
        int end = offset + length;
        int start = offset;
        for (int i = offset; i < end; i++) {
            byte b = bytes[i];
            if (b != '\n' && b != '\r') {
                afterCarriageReturn = false;
                continue;
            }
            boolean secondHalf = b == '\n' && afterCarriageReturn;
            afterCarriageReturn = b == '\r';
            if (!secondHalf) {
                append(bytes, start, i - start);
                endLine();
            }
            start = i + 1;
        }
        append(bytes, start, end - start);
    }

    /** Says that the stream has ended: what stands without its line end or blank line is complete. */
    public void end() {
        if (failure != null) {
            return;
        }
        if (lineLength > 0) {
            endLine();
        }
        dispatch();
    }

    private void append(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (length > limits.lineBytes() - lineLength) {
            throw fail("line", limits.lineBytes());
        }
        int needed = lineLength + length;
        if (needed > line.length) {
            long doubled = Math.max(needed, 2L * line.length);
            line = Arrays.copyOf(line, (int) Math.min(doubled, Math.max(limits.lineBytes(), needed)));
        }
        System.arraycopy(bytes, offset, line, lineLength, length);
        lineLength = needed;
    }

    private void endLine() {
        int start = 0;
        if (firstLine) {
            firstLine = false;
            start = lineLength >= BOM.length && Arrays.equals(line, 0, BOM.length, BOM, 0, BOM.length) ? BOM.length : 0;
        }
        int length = lineLength - start;
        lineLength = 0;
        if (length == 0) {
            dispatch();
        } else if (line[start] != ':') {
            field(start, start + length);
        }
    }

    private void field(int start, int end) {
        int colon = start;
        while (colon < end && line[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, end);
        if (value < end && line[value] == ' ') {
            value++;
        }
        if (is("data", start, colon)) {
            int size = end - value + (hasData ? 1 : 0);
            if (size > limits.eventBytes() - dataBytes) {
                throw fail("event", limits.eventBytes());
            }
            if (hasData) {
                data.append('\n');
            }
            data.append(new String(line, value, end - value, StandardCharsets.UTF_8));
            dataBytes += size;
            hasData = true;
        } else if (is("event", start, colon)) {
            event = new String(line, value, end - value, StandardCharsets.UTF_8);
        }
        // id and retry are for readers that connect again, which an answer of a model has no use for.
    }

    private boolean is(String name, int start, int end) {
        if (end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (line[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void dispatch() {
        if (hasData) {
            SseFrame frame = new SseFrame(event == null || event.isEmpty() ? DEFAULT_EVENT : event, data.toString());
            clear();
            frames.accept(frame);
        } else {
            clear();
        }
    }

    private void clear() {
        data.setLength(0);
        dataBytes = 0;
        hasData = false;
        event = null;
    }

    private SseLimitException fail(String what, long limit) {
        SseLimitException thrown = new SseLimitException(what, limit);
        failure = thrown;
        line = new byte[0];
        lineLength = 0;
        clear();
        data.trimToSize();
        return thrown;
    }
}

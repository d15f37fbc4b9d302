package dev.exai.providers.sse;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
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
    /*
     * What is fed is read where it stands. Only a line, or the data of an event, that goes on in the next feed is kept:
     * the line in `line`, the data in `own`. Of many lines of data all but the first are copied.
     */
    private static final String DEFAULT_EVENT = "message";
    private static final byte[] BOM = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    private static final byte[] NONE = new byte[0];
    private static final int SMALLEST = 1024;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    private final SseLimits limits;
    private final SseBytes events;

    private byte[] line = NONE;
    private int lineLength;
    private boolean firstLine = true;
    private boolean afterCarriageReturn;
    private long total;

    private byte[] own = NONE;
    private byte[] data = NONE;
    private int dataOffset;
    private int dataLength;
    private boolean hasData;
    private boolean dataIsOwn;

    private @Nullable String event;
    private @Nullable SseLimitException failure;

    /**
     * Creates a decoder at the start of a stream.
     *
     * @param limits how much it takes
     * @param frames takes the events, in order, on the thread that feeds the bytes
     */
    public SseDecoder(SseLimits limits, Consumer<SseFrame> frames) {
        this(limits, inFrames(Objects.requireNonNull(frames, "frames")));
    }

    private SseDecoder(SseLimits limits, SseBytes events) {
        this.limits = Objects.requireNonNull(limits, "limits");
        this.events = Objects.requireNonNull(events, "events");
    }

    /**
     * {@return a decoder at the start of a stream, whose events stay bytes}
     *
     * @param limits how much it takes
     * @param events takes the events, in order, on the thread that feeds the bytes
     */
    public static SseDecoder ofBytes(SseLimits limits, SseBytes events) {
        return new SseDecoder(limits, events);
    }

    private static SseBytes inFrames(Consumer<SseFrame> frames) {
        return (event, bytes, offset, length) ->
                frames.accept(new SseFrame(event, new String(bytes, offset, length, StandardCharsets.UTF_8)));
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
        int start = afterCarriageReturn ? pastLineFeed(bytes, offset, end) : offset;
        afterCarriageReturn &= length == 0;
        for (int at = lineEnd(bytes, start, end); at < end; at = lineEnd(bytes, start, end)) {
            endLine(bytes, start, at);
            start = at + 1;
            if (bytes[at] == '\r') {
                afterCarriageReturn = start == end; // its second half may come with the next bytes
                start = pastLineFeed(bytes, start, end);
            }
        }
        keep(bytes, start, end - start);
        if (hasData && !dataIsOwn) {
            ownData(0); // the caller uses its bytes again
        }
    }

    private static int pastLineFeed(byte[] bytes, int start, int end) {
        return start < end && bytes[start] == '\n' ? start + 1 : start;
    }

    /**
     * {@return where the first CR or LF is, or the end} Looks at eight bytes at once: x - 1 borrows from the high bit of a byte
     * only if that byte of x is zero, or one below it is (Warren, Hacker's Delight, section 6-1); the lowest is exact.
     */
    private static int lineEnd(byte[] bytes, int from, int end) {
        int at = from;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long eight = (long) LONGS.get(bytes, at);
            long lineFeeds = eight ^ '\n' * EACH;
            long returns = eight ^ '\r' * EACH;
            long found = (((lineFeeds - EACH) & ~lineFeeds) | ((returns - EACH) & ~returns)) & HIGH;
            if (found != 0) {
                return at + Long.numberOfTrailingZeros(found) / Byte.SIZE;
            }
        }
        while (at < end && bytes[at] != '\n' && bytes[at] != '\r') {
            at++;
        }
        return at;
    }

    /** Says that the stream has ended: what stands without its line end or blank line is complete. */
    public void end() {
        if (failure != null) {
            return;
        }
        if (lineLength > 0) {
            endLine(NONE, 0, 0);
        }
        dispatch();
    }

    /** Keeps the beginning of a line until its end comes. */
    private void keep(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (length > limits.lineBytes() - lineLength) {
            throw fail("line", limits.lineBytes());
        }
        line = roomFor(line, lineLength + length, limits.lineBytes());
        System.arraycopy(bytes, offset, line, lineLength, length);
        lineLength += length;
    }

    private static byte[] roomFor(byte[] bytes, int needed, int limit) {
        if (needed <= bytes.length) {
            return bytes;
        }
        long doubled = Math.max(SMALLEST, Math.max(needed, 2L * bytes.length));
        return Arrays.copyOf(bytes, (int) Math.min(doubled, Math.max(limit, needed)));
    }

    private void endLine(byte[] bytes, int start, int end) {
        if (lineLength == 0) {
            if (end - start > limits.lineBytes()) {
                throw fail("line", limits.lineBytes());
            }
            line(bytes, start, end);
            return;
        }
        keep(bytes, start, end - start);
        int length = lineLength;
        lineLength = 0;
        line(line, 0, length);
        if (hasData && !dataIsOwn) {
            ownData(0); // the next line may be kept there
        }
    }

    private void line(byte[] bytes, int from, int end) {
        int start = from;
        if (firstLine) {
            firstLine = false;
            boolean marked =
                    end - from >= BOM.length && Arrays.equals(bytes, from, from + BOM.length, BOM, 0, BOM.length);
            start = marked ? from + BOM.length : from;
        }
        if (start == end) {
            dispatch();
        } else if (bytes[start] != ':') {
            field(bytes, start, end);
        }
    }

    private void field(byte[] bytes, int start, int end) {
        int colon = start;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, end);
        if (value < end && bytes[value] == ' ') {
            value++;
        }
        if (is("data", bytes, start, colon)) {
            data(bytes, value, end);
        } else if (is("event", bytes, start, colon)) {
            event = new String(bytes, value, end - value, StandardCharsets.UTF_8);
        }
        // id and retry are for readers that connect again, which an answer of a model has no use for.
    }

    private void data(byte[] bytes, int start, int end) {
        int size = end - start + (hasData ? 1 : 0);
        if (size > limits.eventBytes() - dataLength) {
            throw fail("event", limits.eventBytes());
        }
        if (!hasData) {
            hasData = true;
            data = bytes;
            dataOffset = start;
            dataLength = size;
            return;
        }
        ownData(size);
        own[dataLength] = '\n';
        System.arraycopy(bytes, start, own, dataLength + 1, end - start);
        dataLength += size;
    }

    /** Moves the data of the event to where they may stay, with room for some more. */
    private void ownData(int more) {
        own = roomFor(own, dataLength + more, limits.eventBytes());
        if (!dataIsOwn) {
            System.arraycopy(data, dataOffset, own, 0, dataLength);
            dataOffset = 0;
            dataIsOwn = true;
        }
        data = own;
    }

    private static boolean is(String name, byte[] bytes, int start, int end) {
        if (end - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[start + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void dispatch() {
        if (!hasData) {
            clear();
            return;
        }
        String kind = event == null || event.isEmpty() ? DEFAULT_EVENT : event;
        byte[] bytes = data;
        int offset = dataOffset;
        int length = dataLength;
        clear();
        events.event(kind, bytes, offset, length);
    }

    private void clear() {
        data = NONE;
        dataOffset = 0;
        dataLength = 0;
        hasData = false;
        dataIsOwn = false;
        event = null;
    }

    private SseLimitException fail(String what, long limit) {
        SseLimitException thrown = new SseLimitException(what, limit);
        failure = thrown;
        line = NONE;
        lineLength = 0;
        own = NONE;
        clear();
        return thrown;
    }
}

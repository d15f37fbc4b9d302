package dev.exai.providers.openai;

import com.fasterxml.jackson.core.JsonParser;
import dev.exai.json.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON objects of a stream with one parser: to make one for each costs a fifth of reading it.
 *
 * <p>For use by one thread.
 */
final class Frames {
    /*
     * Invariant  A parser is used again only if it stands right behind the frame that it was given last and has not asked
     *            for what follows: then nothing of that frame is left in it. Whatever else happened, there is a new one.
     * Bound      It is also replaced after this many bytes, for it remembers each name of a field that it has seen.
     */
    private static final int REPLACED_AFTER = 256 << 10;

    private final Source source = new Source();
    private @Nullable JsonParser parser;
    private long given;
    private int length;

    /** {@return whether such a frame may be read here} An object says itself where it ends. */
    static boolean canRead(byte[] bytes, int offset) {
        return bytes[offset] == '{';
    }

    /**
     * {@return a parser right before a frame} What it throws quotes the frame: show it to nobody.
     *
     * @param bytes holds the frame; not to be changed until it is read
     * @param offset where it starts
     * @param size how many bytes it has
     */
    JsonParser next(byte[] bytes, int offset, int size) throws IOException {
        JsonParser again = isAtEnd() && given < REPLACED_AFTER ? parser : null;
        if (again == null) {
            close();
        }
        source.set(bytes, offset, size);
        given += size;
        length = size;
        if (again == null) {
            again = JsonText.parser(source);
            parser = again;
        }
        return again;
    }

    /** {@return whether the frame has been read to its last byte, and no further} */
    boolean isAtEnd() {
        return parser != null
                && !source.isAskedForMore
                && parser.currentLocation().getByteOffset() == given;
    }

    /** {@return where in its frame a place is that the parser tells of} */
    long inFrame(long place) {
        return place - (given - length);
    }

    /** Lets go of the parser, whose buffers others can use then. May be called twice. */
    void close() {
        JsonParser old = parser;
        parser = null;
        given = 0;
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                throw new UncheckedIOException("bytes in memory cannot fail", e);
            }
        }
    }

    /** The bytes of the frame; their end is the end of everything, as far as the parser can see. */
    private static final class Source extends InputStream {
        private byte[] bytes = new byte[0];
        private int next;
        private int end;
        private boolean isAskedForMore;

        void set(byte[] frame, int offset, int size) {
            bytes = frame;
            next = offset;
            end = offset + size;
            isAskedForMore = false;
        }

        @Override
        public int read() {
            if (next == end) {
                isAskedForMore = true;
                return -1;
            }
            return bytes[next++] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int size) {
            if (next == end) {
                isAskedForMore = true;
                return -1;
            }
            int read = Math.min(size, end - next);
            System.arraycopy(bytes, next, into, offset, read);
            next += read;
            return read;
        }
    }
}

package dev.exai.providers.openai;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.providers.http.ResponseHead;
import dev.exai.providers.http.ResponseReader;
import dev.exai.providers.sse.SseDecoder;
import dev.exai.providers.sse.SseLimitException;
import dev.exai.providers.sse.SseLimits;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one response into a sink. What its body is, its first character says, not its content type: vendors send JSON
 * as a stream of events, events as JSON, and pages of HTML as either.
 */
final class ReplyReader implements ResponseReader {
    private static final Logger log = LoggerFactory.getLogger(ReplyReader.class);
    private static final int MAX_ERROR_BYTES = 64 << 10;
    private static final int MAX_PLAIN_BYTES = 16 << 20;

    private enum Form {
        NOT_KNOWN_YET,
        EVENTS,
        PLAIN,
        ERROR
    }

    private final ReplySink sink;
    private final Upstream upstream;
    private final ReplyAssembler assembler;
    private @Nullable SseDecoder decoder;
    private final Collected collected = new Collected();
    private Form form = Form.NOT_KNOWN_YET;
    private boolean isEndTold;

    ReplyReader(ReplySink sink, Upstream upstream, ReplyAssembler assembler) {
        this.sink = sink;
        this.upstream = upstream;
        this.assembler = assembler;
    }

    @Override
    public Demand head(ResponseHead head) {
        upstream.setHead(head);
        if (head.isSuccess()) {
            sink.opened();
            return Demand.MORE;
        }
        form = Form.ERROR;
        return Demand.LINGER;
    }

    @Override
    public Demand body(byte[] bytes, int offset, int length) {
        if (form == Form.NOT_KNOWN_YET) {
            return sniff(bytes, offset, length);
        }
        return switch (form) {
            case EVENTS -> events(bytes, offset, length);
            case PLAIN -> {
                collected.write(bytes, offset, length);
                if (collected.size() > MAX_PLAIN_BYTES) {
                    assembler.fail(upstream.malformed("it is longer than " + MAX_PLAIN_BYTES + " bytes"));
                    yield Demand.ENOUGH;
                }
                yield Demand.MORE;
            }
            default -> {
                collected.write(bytes, offset, Math.min(length, MAX_ERROR_BYTES - collected.size()));
                yield collected.size() >= MAX_ERROR_BYTES ? Demand.ENOUGH : Demand.LINGER;
            }
        };
    }

    private Demand sniff(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            byte b = bytes[i];
            boolean skipped = b == ' '
                    || b == '\t'
                    || b == '\r'
                    || b == '\n'
                    || b == (byte) 0xef
                    || b == (byte) 0xbb
                    || b == (byte) 0xbf;
            if (skipped) {
                continue;
            }
            if (b == '<') {
                assembler.fail(upstream.malformed("it is a page of HTML"));
                return Demand.ENOUGH;
            }
            form = b == '{' || b == '[' ? Form.PLAIN : Form.EVENTS;
            if (form == Form.PLAIN && isWhole(length)) {
                assembler.reply(bytes, i, offset + length - i); // where it stands: a short reply mostly comes at once
                return Demand.MORE; // its end is still to be seen
            }
            if (form == Form.PLAIN) {
                collected.write(bytes, i, offset + length - i);
                return Demand.MORE;
            }
            return events(bytes, offset, length);
        }
        return Demand.MORE; // blanks mean nothing in either form
    }

    /** Whether this first part of the body is all of it, by what the head says. */
    private boolean isWhole(int length) {
        return upstream.bodyLength() == length;
    }

    private SseDecoder decoder() {
        SseDecoder made = decoder;
        if (made == null) {
            made = SseDecoder.ofBytes(SseLimits.DEFAULT, assembler::event);
            decoder = made;
        }
        return made;
    }

    private Demand events(byte[] bytes, int offset, int length) {
        decode(() -> decoder().feed(bytes, offset, length));
        if (assembler.isSettled()) {
            return Demand.ENOUGH;
        }
        // Usage and the end mark come at once after the finish reason, or never.
        return assembler.isFinished() ? Demand.LINGER : Demand.MORE;
    }

    private void decode(Runnable step) {
        try {
            step.run();
        } catch (SseLimitException e) {
            assembler.fail(upstream.malformed(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void over() {
        switch (form) {
            case ERROR -> {
                ProviderException refused =
                        upstream.refused(ErrorBody.parse(collected.toString(StandardCharsets.UTF_8)));
                end(() -> sink.failed(refused));
                return;
            }
            case EVENTS -> decode(decoder()::end);
            case PLAIN -> {
                if (!assembler.isSettled()) {
                    assembler.reply(collected.bytes(), 0, collected.size());
                }
            }
            case NOT_KNOWN_YET -> {}
        }
        assembler.over();
        ProviderException failure = assembler.failure();
        if (failure != null) {
            end(() -> sink.failed(failure));
        } else {
            ReplyEnd whole = assembler.end();
            end(() -> sink.completed(whole));
        }
    }

    /** Tells the end, if none was told before: where a sink throws at its end, that is not another one. */
    private void end(Runnable tell) {
        if (!isEndTold) {
            isEndTold = true;
            assembler.close();
            tell.run();
        }
    }

    @Override
    public void broken(IOException cause) {
        end(() -> sink.failed(upstream.broken(cause)));
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        end(() -> sink.timedOut(failure));
    }

    @Override
    public void aborted() {
        end(sink::aborted);
    }

    @Override
    public void crashed(Throwable cause) {
        log.error("Reading an answer failed with {}", cause.getClass().getName(), scrubbed(cause));
        end(() -> sink.failed(upstream.crashed(cause)));
    }

    /** {@return the place where it was thrown, without its message, which may quote the answer} */
    private static Throwable scrubbed(Throwable cause) {
        Throwable place = new IllegalStateException("at");
        place.setStackTrace(cause.getStackTrace());
        return place;
    }

    /** Bytes that can be read where they stand. */
    private static final class Collected extends ByteArrayOutputStream {
        Collected() {
            super(0);
        }

        byte[] bytes() {
            return buf;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (count == 0 && buf.length < length) {
                buf = new byte[length]; // a whole reply mostly comes at once
            }
            super.write(bytes, offset, length);
        }
    }
}

package dev.exai.providers.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.error.ProviderException;
import dev.exai.json.JsonText;
import dev.exai.message.Adjustment;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.message.WebSource;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes chunks and an end of the JSON objects of an answer, be they pieces of a stream or one whole reply.
 *
 * <p>Strict about what decides whether the answer is whole, lenient about everything else.
 */
final class ReplyAssembler {
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final char REPLACEMENT = 0xfffd;

    private final ProviderCall call;
    private final Dialect dialect;
    private final Upstream upstream;
    private final Consumer<Chunk> chunks;
    private final FunctionCalls functions;
    private final List<Adjustment> adjustments;
    private final @Nullable TagSplitter splitter;
    private final Piece piece = new Piece();
    private final Frames frames = new Frames();

    private @Nullable ProviderException failure;
    private boolean done;
    private @Nullable String finish;
    private Usage usage = Usage.none();
    private List<WebSource> sources = List.of();
    private int taken;
    private boolean hasText;

    ReplyAssembler(
            ProviderCall call,
            Dialect dialect,
            Upstream upstream,
            List<Adjustment> adjustments,
            Consumer<Chunk> chunks) {
        this.call = call;
        this.dialect = dialect;
        this.upstream = upstream;
        this.adjustments = adjustments;
        this.chunks = chunks;
        this.functions = new FunctionCalls(call.attemptId(), chunks);
        this.splitter = dialect.textTags(call.model())
                .map(tags -> new TagSplitter(tags, chunks))
                .orElse(null);
    }

    /** Takes one event of a stream, as UTF-8. */
    void event(String kind, byte[] bytes, int offset, int length) {
        if (isSettled()) {
            return;
        }
        int end = offset + length;
        while (end > offset && isBlank(bytes[end - 1])) {
            end--;
        }
        boolean last = endsWithDone(bytes, offset, end);
        int jsonEnd = last ? end - DONE.length : end;
        if (kind.equals("error")) {
            failure = upstream.refused(
                    ErrorBody.parse(new String(bytes, offset, jsonEnd - offset, StandardCharsets.UTF_8)));
            return;
        }
        json(bytes, offset, jsonEnd - offset, true);
        done |= last;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    private static boolean endsWithDone(byte[] bytes, int start, int end) {
        return end - start >= DONE.length && Arrays.equals(bytes, end - DONE.length, end, DONE, 0, DONE.length);
    }

    /** Takes a whole reply, as UTF-8. */
    void reply(byte[] bytes, int offset, int length) {
        json(bytes, offset, length, false);
        done = true;
    }

    private void json(byte[] bytes, int offset, int length, boolean inFrames) {
        if (length == 0) {
            return;
        }
        int before = taken;
        boolean asFrame = inFrames && Frames.canRead(bytes, offset);
        try {
            if (asFrame) {
                frame(bytes, offset, length);
            } else {
                alone(bytes, offset, length);
            }
        } catch (JsonProcessingException e) {
            if (taken != before || !replaced(bytes, offset, length)) {
                long place = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
                failure = upstream.malformed("not valid JSON at byte "
                        + Math.max(0, asFrame ? frames.inFrame(place) : place) + " of " + length);
            }
        } catch (IOException e) {
            failure = upstream.malformed("not readable as JSON: " + e.getClass().getSimpleName());
        } catch (IllegalArgumentException e) {
            failure = upstream.malformed(String.valueOf(e.getMessage()));
        }
    }

    private void frame(byte[] bytes, int offset, int length) throws IOException {
        JsonParser parser = frames.next(bytes, offset, length);
        do {
            piece(parser);
        } while (failure == null && !frames.isAtEnd() && parser.currentToken() != null);
    }

    private void alone(byte[] bytes, int offset, int length) throws IOException {
        try (JsonParser parser = JsonText.parser(bytes, offset, length)) {
            do {
                piece(parser);
            } while (failure == null && parser.currentToken() != null);
        }
    }

    /** Reads bytes that are no UTF-8 with replacement characters; {@return whether that went well} */
    private boolean replaced(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return false;
        }
        byte[] valid = text.getBytes(StandardCharsets.UTF_8);
        try {
            alone(valid, 0, valid.length);
            return true;
        } catch (IOException stillNot) {
            return false;
        }
    }

    /** Reads the next object, if there is one more. */
    private void piece(JsonParser parser) throws IOException {
        if (parser.nextToken() != null && piece.read(parser)) {
            taken++;
            take();
        }
    }

    private void take() {
        ErrorBody error = piece.error();
        if (error != null) {
            failure = upstream.refused(error);
            return;
        }
        usage(piece.usage);
        sources(piece.webSearch);
        for (Piece.Choice choice : piece.choices()) {
            choice(choice);
        }
    }

    private void choice(Piece.Choice choice) {
        usage(choice.usage);
        String reasoning = choice.reasoning();
        if (!reasoning.isEmpty()) {
            chunks.accept(Chunk.reasoning(reasoning));
        }
        if (!choice.text.isEmpty()) {
            text(choice.text);
        }
        if (choice.functions != null) {
            functions.take(choice.functions);
        }
        finish = choice.finish != null ? choice.finish : finish;
    }

    private void text(String text) {
        if (splitter == null) {
            hasText = true;
            chunks.accept(Chunk.text(text));
        } else {
            splitter.take(text);
            hasText = splitter.hasText();
        }
    }

    /** Takes note that nothing more comes. */
    void over() {
        if (splitter != null) {
            splitter.end();
            hasText = splitter.hasText();
        }
    }

    /** Lets go of what is only needed until the end. May be called twice. */
    void close() {
        frames.close();
    }

    /** Takes the pages that were found, as GLM tells them. */
    private void sources(@Nullable JsonNode pages) {
        if (pages != null && pages.isArray() && !pages.isEmpty()) {
            sources = WebSources.read(pages);
        }
    }

    private void usage(@Nullable Usage told) {
        if (told != null) {
            usage = told;
        }
    }

    /** Says that the answer failed, for a reason outside its JSON. */
    void fail(ProviderException reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** {@return whether nothing that comes can change the end} */
    boolean isSettled() {
        return done || failure != null;
    }

    /** {@return whether the model has stopped, so that at most usage and the end mark are missing} */
    boolean isFinished() {
        return finish != null;
    }

    /** {@return why the answer failed, or null if it is whole; to be asked at its end} */
    @Nullable
    ProviderException failure() {
        if (failure != null) {
            return failure;
        }
        if (finish == null && !done) {
            return upstream.malformed("it broke off before its end");
        }
        if (finish != null && dialect.isFailure(finish)) {
            return upstream.failed(finish, piece.id);
        }
        // Seen of thinking models under load. An empty answer is in order only where a stop text can make one.
        if (reason() == FinishReason.STOP && !hasText && call.request().stop().isEmpty()) {
            return upstream.malformed("it ended without an answer");
        }
        return null;
    }

    /** {@return the end of an answer that is whole} */
    ReplyEnd end() {
        ReplyEnd end =
                ReplyEnd.of(reason(), usage).withServedModel(piece.model).withRequestId(upstream.requestId(piece.id));
        ReplyEnd withSources = sources.isEmpty() ? end : end.withSources(sources);
        return adjustments.isEmpty() ? withSources : withSources.withAdjustments(adjustments);
    }

    private FinishReason reason() {
        FinishReason reason = finish == null ? FinishReason.STOP : dialect.finishReason(finish);
        return reason == FinishReason.STOP && functions.hasAny() ? FinishReason.FUNCTION_CALLS : reason;
    }
}

package dev.exai.testkit.contract.provider;

import dev.exai.message.Chunk;
import dev.exai.testkit.http.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Upstream} shall do with one request, in this order: wait, accept the request if it is told to or has
 * pieces to send, send the pieces, end. Immutable.
 */
public final class UpstreamAnswer {
    /** What comes after the pieces. */
    public enum Ending {
        /** The answer is whole: the model had said all, or asks for the functions that were among the pieces. */
        WHOLE,
        /** The answer is whole as far as it goes: the model met the limit of output tokens. */
        AT_LENGTH,
        /** Nothing more, for ever, and the connection stays. */
        SILENCE,
        /** Whatever keeps a connection alive, every few milliseconds, for ever. */
        KEEP_ALIVES,
        /** The connection breaks. */
        LOST,
        /** The answer ends in the regular way, though it is not whole. */
        EARLY,
        /** Something that cannot be understood, with {@link UpstreamAnswer#words} in it if there are any. */
        GARBAGE,
        /** {@link UpstreamAnswer#refusal}: in place of an answer, or inside it if it was accepted before. */
        REFUSAL
    }

    private final Duration delay;
    private final boolean accepted;
    private final List<Chunk> pieces;
    private final Duration pause;
    private final Ending ending;
    private final @Nullable Refusal refusal;
    private final @Nullable String words;
    private final @Nullable Duration retryAfter;
    private final boolean byteByByte;

    private UpstreamAnswer(
            Duration delay,
            boolean accepted,
            List<Chunk> pieces,
            Duration pause,
            Ending ending,
            @Nullable Refusal refusal,
            @Nullable String words,
            @Nullable Duration retryAfter,
            boolean byteByByte) {
        this.delay = delay;
        this.accepted = accepted;
        this.pieces = List.copyOf(pieces);
        this.pause = pause;
        this.ending = ending;
        this.refusal = refusal;
        this.words = words;
        this.retryAfter = retryAfter;
        this.byteByByte = byteByByte;
    }

    /**
     * {@return pieces of text and an end}
     *
     * @param ending the end; for a refusal there is {@link #refusal(Refusal, String...)}
     * @param texts the pieces
     */
    public static UpstreamAnswer of(Ending ending, String... texts) {
        List<Chunk> pieces = new ArrayList<>();
        for (String text : texts) {
            pieces.add(Chunk.text(text));
        }
        return new UpstreamAnswer(Duration.ZERO, false, pieces, Duration.ZERO, ending, null, null, null, false);
    }

    /**
     * {@return a whole answer}
     *
     * @param texts its pieces
     */
    public static UpstreamAnswer whole(String... texts) {
        return of(Ending.WHOLE, texts);
    }

    /**
     * {@return a refusal}
     *
     * @param refusal why
     * @param textsBefore pieces of an answer that had begun well
     */
    public static UpstreamAnswer refusal(Refusal refusal, String... textsBefore) {
        UpstreamAnswer plain = of(Ending.REFUSAL, textsBefore);
        Objects.requireNonNull(refusal, "refusal");
        return new UpstreamAnswer(
                plain.delay, false, plain.pieces, plain.pause, Ending.REFUSAL, refusal, null, null, false);
    }

    UpstreamAnswer after(Duration newDelay) {
        return new UpstreamAnswer(newDelay, accepted, pieces, pause, ending, refusal, words, retryAfter, byteByByte);
    }

    UpstreamAnswer accepting() {
        return new UpstreamAnswer(delay, true, pieces, pause, ending, refusal, words, retryAfter, byteByByte);
    }

    UpstreamAnswer with(Chunk piece) {
        List<Chunk> all = new ArrayList<>(pieces);
        all.add(piece);
        return new UpstreamAnswer(delay, accepted, all, pause, ending, refusal, words, retryAfter, byteByByte);
    }

    /** The same piece of text over and over, each after a pause. */
    UpstreamAnswer withTexts(int count, String text, Duration newPause) {
        List<Chunk> all = new ArrayList<>(pieces);
        for (int i = 0; i < count; i++) {
            all.add(Chunk.text(text));
        }
        return new UpstreamAnswer(delay, accepted, all, newPause, ending, refusal, words, retryAfter, byteByByte);
    }

    UpstreamAnswer saying(String newWords) {
        return new UpstreamAnswer(delay, accepted, pieces, pause, ending, refusal, newWords, retryAfter, byteByByte);
    }

    UpstreamAnswer retryAfter(Duration newRetryAfter) {
        return new UpstreamAnswer(delay, accepted, pieces, pause, ending, refusal, words, newRetryAfter, byteByByte);
    }

    UpstreamAnswer byteByByte() {
        return new UpstreamAnswer(delay, accepted, pieces, pause, ending, refusal, words, retryAfter, true);
    }

    /** {@return how long to wait before anything else, often zero} */
    public Duration delay() {
        return delay;
    }

    /** {@return whether the request is accepted, with headers where there are such, before what comes next} */
    public boolean isAccepted() {
        return accepted || !pieces.isEmpty() || ending == Ending.WHOLE || ending == Ending.AT_LENGTH;
    }

    /** {@return the pieces of the answer; a function call is one piece, with its id, name and arguments} */
    public List<Chunk> pieces() {
        return pieces;
    }

    /** {@return how long to wait before each piece, often zero} */
    public Duration pause() {
        return pause;
    }

    /** {@return what comes after the pieces} */
    public Ending ending() {
        return ending;
    }

    /** {@return why it is refused, if it is} */
    public Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** {@return what to say in the refusal or the garbage; if empty, anything} */
    public Optional<String> words() {
        return Optional.ofNullable(words);
    }

    /** {@return when the refusal says to come back; if empty, it does not say} */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** {@return whether each byte is sent for itself; nothing to an upstream without bytes} */
    public boolean isByteByByte() {
        return byteByByte;
    }

    @Override
    public String toString() {
        return (pieces.isEmpty() ? "" : pieces.size() + " pieces, then ")
                + (refusal == null ? ending.toString() : refusal.toString());
    }
}

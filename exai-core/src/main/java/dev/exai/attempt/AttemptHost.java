package dev.exai.attempt;

import dev.exai.error.ExaiException;
import dev.exai.message.Chunk;
import dev.exai.spi.ReplyEnd;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The call that a series of attempts serves. Told one thing at a time, by threads of the library or the transport. */
public interface AttemptHost {
    /**
     * Says that an attempt asks for its permit.
     *
     * @param attempt its number, from 1
     */
    void queued(int attempt);

    /**
     * Says that an attempt has its permit and opens its exchange.
     *
     * @param attempt its number
     */
    void running(int attempt);

    /**
     * Says that the provider accepted an attempt's request.
     *
     * @param attempt its number
     */
    void opened(int attempt);

    /**
     * Takes a piece of the answer. One of an attempt that has been started over is dropped.
     *
     * @param attempt the attempt's number
     * @param chunk the piece
     * @return null, or why the answer cannot go on
     */
    @Nullable
    ExaiException chunk(int attempt, Chunk chunk);

    /** {@return whether a failed attempt could be followed by another, as it stands now} Changes nothing. */
    boolean mayRestart();

    /**
     * Asks whether a failed attempt may be followed by another: false once output has reached the caller, unless it
     * allowed that. If true, what came so far is dropped, or void.
     *
     * @return whether to start over
     */
    boolean restart();

    /**
     * Says that the series waits before its next attempt.
     *
     * @param delay for how long
     * @param why what the last attempt failed with
     */
    void backingOff(Duration delay, ExaiException why);

    /**
     * Says that the series goes on with another model.
     *
     * @param next the model
     * @param why what the one before failed with
     */
    void fellBack(Leg next, ExaiException why);

    /**
     * Says something that a reader of the call's timeline should know.
     *
     * @param what what it is, in a few words
     */
    void noted(String what);

    /**
     * Says that an attempt succeeded. Its permit is back.
     *
     * @param end how the answer ended
     */
    void succeeded(ReplyEnd end);

    /**
     * Says that the series failed. Nothing is held.
     *
     * @param failure the last failure, with the earlier ones suppressed
     */
    void failed(ExaiException failure);
}

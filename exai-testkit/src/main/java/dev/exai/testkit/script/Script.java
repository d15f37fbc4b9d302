package dev.exai.testkit.script;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.internal.Checks;
import dev.exai.testkit.internal.Pieces;
import dev.exai.testkit.internal.TokenRate;
import dev.exai.testkit.internal.Tokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ScriptedProvider} does in one exchange: waits, pieces of an answer, and an end.
 *
 * <p>Immutable, and may serve any number of exchanges.
 *
 * <pre>{@code
 * Script.after(Duration.ofMillis(200)).reasoning("hm").chunk("hi").complete();
 * Script.after(Latency.logNormal(Duration.ofSeconds(5), Duration.ofSeconds(40))).tokens(600, 57).complete();
 * Script.opened().hang();
 * Script.fail(() -> Failures.rateLimited("glm", Duration.ofSeconds(5)));
 * Script.after(Duration.ofSeconds(3)).chunk("too late").complete().ignoreAbort();
 * }</pre>
 */
public final class Script {
    private static final Steps START = new Steps(List.of(), 0);

    private final List<Step> steps;
    private final @Nullable RuntimeException refusal;
    private final boolean ignoresAbort;
    private final boolean startsInOpen;
    private final Duration abortDelay;
    private final List<Runnable> onAbort;

    private Script(
            List<Step> steps,
            @Nullable RuntimeException refusal,
            boolean ignoresAbort,
            boolean startsInOpen,
            Duration abortDelay,
            List<Runnable> onAbort) {
        this.steps = steps;
        this.refusal = refusal;
        this.ignoresAbort = ignoresAbort;
        this.startsInOpen = startsInOpen;
        this.abortDelay = abortDelay;
        this.onAbort = onAbort;
    }

    private static Script of(List<Step> steps) {
        return new Script(List.copyOf(steps), null, false, false, Duration.ZERO, List.of());
    }

    /**
     * {@return steps that begin with a wait}
     *
     * @param time how long
     */
    public static Steps after(Duration time) {
        return START.after(time);
    }

    /**
     * {@return steps that begin with a wait whose length is asked for anew in each exchange}
     *
     * @param time tells how long, for example by the chance of a simulation
     */
    public static Steps after(Supplier<Duration> time) {
        return START.after(time);
    }

    /**
     * {@return steps that begin with a wait, which is the time to the first event if a piece follows}
     *
     * @param latency how long; each exchange takes a sample of its own, decided by the provider's seed
     */
    public static Steps after(Latency latency) {
        return START.after(latency);
    }

    /** {@return steps that begin with the acceptance of the request: headers, and nothing of the answer yet} */
    public static Steps opened() {
        return START.opened();
    }

    /**
     * {@return steps that begin with a piece of text}
     *
     * @param text the piece
     */
    public static Steps chunk(String text) {
        return START.chunk(text);
    }

    /**
     * {@return steps that begin with a piece of reasoning}
     *
     * @param text the piece
     */
    public static Steps reasoning(String text) {
        return START.reasoning(text);
    }

    /**
     * {@return steps that begin with a whole function call}
     *
     * @param id the call's id
     * @param name the function's name
     * @param arguments the arguments as JSON text
     */
    public static Steps functionCall(String id, String name, String arguments) {
        return START.functionCall(id, name, arguments);
    }

    /**
     * {@return steps that begin with tokens at a rate}
     *
     * @param count how many
     * @param perSecond the rate
     */
    public static Steps tokens(int count, double perSecond) {
        return START.tokens(count, perSecond);
    }

    /**
     * {@return a script that answers with more text than anybody wants, at once}
     *
     * @param chars how many characters
     */
    public static Script oversized(long chars) {
        return START.oversized(chars).complete();
    }

    /** {@return a script that answers with nothing at once} */
    public static Script complete() {
        return START.complete();
    }

    /** {@return a script that never says anything} */
    public static Script hang() {
        return START.hang();
    }

    /**
     * {@return a script that fails at once}
     *
     * @param failure what the provider reports
     */
    public static Script fail(ProviderException failure) {
        return START.fail(failure);
    }

    /**
     * {@return a script that fails at once, with a new exception in each exchange}
     *
     * @param failure makes what the provider reports
     */
    public static Script fail(Supplier<? extends ProviderException> failure) {
        return START.fail(failure);
    }

    /**
     * {@return a script that fails at once, as a provider of its name would}
     *
     * @param failure makes what the provider reports, by its name: {@code Failures::quotaExhausted}
     */
    public static Script refuse(Function<String, ? extends ProviderException> failure) {
        return START.refuse(failure);
    }

    /**
     * {@return a script whose exchange does not even open}
     *
     * @param refusal what {@code open} throws
     */
    public static Script throwOnOpen(RuntimeException refusal) {
        Objects.requireNonNull(refusal, "refusal");
        return new Script(List.of(), refusal, false, false, Duration.ZERO, List.of());
    }

    /** {@return this script, going on to its end as if nothing had happened when it is aborted: a late success} */
    public Script ignoreAbort() {
        return new Script(steps, refusal, true, startsInOpen, abortDelay, onAbort);
    }

    /**
     * {@return this script, whose abort does its work and then throws}
     *
     * @param failure what {@code abort} throws, every time
     */
    public Script abortThrows(RuntimeException failure) {
        Objects.requireNonNull(failure, "failure");
        return onAbort(() -> {
            throw failure;
        });
    }

    /**
     * {@return this script, whose abort does its work and then blocks the thread that called it, or returns early and
     * leaves that thread interrupted if it is interrupted meanwhile} On a simulation's own thread nobody could ever
     * count the latch down.
     *
     * @param until what it waits for
     */
    public Script abortBlocks(CountDownLatch until) {
        Objects.requireNonNull(until, "until");
        return onAbort(() -> {
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /**
     * {@return this script with something that its abort does besides, for example block}
     *
     * @param action runs inside each {@code abort}, on its thread, after the abort's own work
     */
    public Script onAbort(Runnable action) {
        List<Runnable> actions = new ArrayList<>(onAbort);
        actions.add(Objects.requireNonNull(action, "action"));
        return new Script(steps, refusal, ignoresAbort, startsInOpen, abortDelay, List.copyOf(actions));
    }

    /**
     * {@return this script, whose end after an abort is reported only later; at once by default}
     *
     * @param delay how long an aborted exchange stays a zombie
     */
    public Script endAfterAbort(Duration delay) {
        Objects.requireNonNull(delay, "delay");
        return new Script(steps, refusal, ignoresAbort, startsInOpen, delay, onAbort);
    }

    /** {@return this script, whose steps up to the first wait happen before {@code open} returns} */
    public Script insideOpen() {
        return new Script(steps, refusal, ignoresAbort, true, abortDelay, onAbort);
    }

    /**
     * {@return this script with its end reported twice, which breaks the contract of a provider on purpose}
     *
     * @throws IllegalStateException if it has no end
     */
    public Script duplicateEnd() {
        Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
        if (last == null || !last.isEnd()) {
            throw new IllegalStateException("a script that hangs has no end to report twice");
        }
        return followedBy(of(List.of(last)));
    }

    /**
     * {@return this script followed by another one in the same exchange, which breaks the contract of a provider on
     * purpose if this one has an end}
     *
     * @param next the steps that follow; its other settings are left out
     */
    public Script followedBy(Script next) {
        List<Step> all = new ArrayList<>(steps);
        all.addAll(next.steps);
        return new Script(List.copyOf(all), refusal, ignoresAbort, startsInOpen, abortDelay, onAbort);
    }

    List<Step> steps() {
        return steps;
    }

    @Nullable
    RuntimeException refusal() {
        return refusal;
    }

    boolean ignoresAbort() {
        return ignoresAbort;
    }

    boolean startsInOpen() {
        return startsInOpen;
    }

    Duration abortDelay() {
        return abortDelay;
    }

    List<Runnable> abortActions() {
        return onAbort;
    }

    /**
     * Tells the steps one after the other, for those who play scripts elsewhere, as the fake servers do.
     *
     * @param reader is told each step
     * @throws IllegalArgumentException if this script has quirks that only a provider in the same process can have: it
     *     throws on open, ignores an abort, or does something besides in one
     */
    public void read(Reader reader) {
        if (refusal != null || ignoresAbort || !onAbort.isEmpty()) {
            throw new IllegalArgumentException("only a provider in the same process can do this: " + this);
        }
        for (Step step : steps) {
            if (step instanceof Step.Wait wait) {
                reader.pause(wait.time());
            } else if (step instanceof Step.Opened) {
                reader.opened();
            } else if (step instanceof Step.Piece piece) {
                reader.piece(piece.chunk());
            } else if (step instanceof Step.KeepAlives comments) {
                reader.keepAlives(comments.every());
            } else if (step instanceof Step.Complete complete) {
                reader.completed(complete.end());
            } else if (step instanceof Step.Fail fail) {
                reader.failed(fail.failure());
            } else {
                reader.timedOut();
            }
        }
    }

    /** Is told the steps of a script. */
    public interface Reader {
        /**
         * Time passes.
         *
         * @param time tells how long, by the chance of the exchange
         */
        void pause(Function<RandomGenerator, Duration> time);

        /** The request is accepted. */
        void opened();

        /**
         * A piece of the answer comes.
         *
         * @param piece the piece
         */
        void piece(Chunk piece);

        /**
         * Comments come for ever.
         *
         * @param every the time between two
         */
        void keepAlives(Duration every);

        /**
         * The answer is whole.
         *
         * @param end how it ended, or null to make it up from what was sent
         */
        void completed(@Nullable ReplyEnd end);

        /**
         * The provider fails.
         *
         * @param failure makes what it reports, by the provider's name
         */
        void failed(Function<String, ? extends ProviderException> failure);

        /** A limit of the client's transport is met. */
        void timedOut();
    }

    @Override
    public String toString() {
        return "Script[" + steps.size() + " steps" + (refusal == null ? "" : ", throws on open")
                + (ignoresAbort ? ", ignores abort" : "") + "]";
    }

    /** A script that has no end yet. Immutable: each method gives a longer one. */
    public static final class Steps {
        private final List<Step> steps;
        private final int functions;

        private Steps(List<Step> steps, int functions) {
            this.steps = steps;
            this.functions = functions;
        }

        private Steps then(Step... more) {
            return then(List.of(more), functions);
        }

        private Steps then(List<Step> more, int functionsThen) {
            List<Step> all = new ArrayList<>(steps);
            all.addAll(more);
            return new Steps(Collections.unmodifiableList(all), functionsThen);
        }

        /**
         * {@return these steps and a wait}
         *
         * @param time how long
         */
        public Steps after(Duration time) {
            Objects.requireNonNull(time, "time");
            return then(new Step.Wait(chance -> time));
        }

        /**
         * {@return these steps and a wait whose length is asked for anew in each exchange}
         *
         * @param time tells how long
         */
        public Steps after(Supplier<Duration> time) {
            Objects.requireNonNull(time, "time");
            return then(new Step.Wait(chance -> time.get()));
        }

        /**
         * {@return these steps and a wait}
         *
         * @param latency how long; each exchange takes a sample of its own, decided by the provider's seed
         */
        public Steps after(Latency latency) {
            return then(new Step.Wait(Objects.requireNonNull(latency, "latency")::sample));
        }

        /**
         * {@return these steps and the acceptance of the request} Left out, it comes before the first piece, or
         * before a whole answer without one.
         */
        public Steps opened() {
            return then(new Step.Opened());
        }

        /**
         * {@return these steps and a piece of text}
         *
         * @param text the piece
         */
        public Steps chunk(String text) {
            return chunk(Chunk.text(text));
        }

        /**
         * {@return these steps and a piece of any kind}
         *
         * @param piece the piece
         */
        public Steps chunk(Chunk piece) {
            return then(new Step.Piece(Objects.requireNonNull(piece, "piece")));
        }

        /**
         * {@return these steps and a piece of reasoning}
         *
         * @param text the piece
         */
        public Steps reasoning(String text) {
            return chunk(Chunk.reasoning(text));
        }

        /**
         * {@return these steps and the same piece of text over and over, each after a wait: a rate of tokens, or a
         * slow drip}
         *
         * @param count how many pieces
         * @param text the piece
         * @param every the wait before each
         */
        public Steps chunks(int count, String text, Duration every) {
            Step wait = new Step.Wait(chance -> every);
            Step piece = new Step.Piece(Chunk.text(text));
            List<Step> more = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                more.add(wait);
                more.add(piece);
            }
            return then(more, functions);
        }

        /**
         * {@return these steps and tokens at a rate, the first one after the time of one} Each is a piece of four
         * characters, which counts as one token.
         *
         * @param count how many
         * @param perSecond the rate, more than zero
         */
        public Steps tokens(int count, double perSecond) {
            Checks.atLeastOne("count", count);
            TokenRate rate = new TokenRate(perSecond);
            Map<Duration, Step> waits = new HashMap<>(); // few of them differ
            Step piece = new Step.Piece(Chunk.text(Tokens.ONE));
            List<Step> more = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                more.add(waits.computeIfAbsent(rate.waitBefore(i), wait -> new Step.Wait(chance -> wait)));
                more.add(piece);
            }
            return then(more, functions);
        }

        /**
         * {@return these steps and tokens, each after a wait of its own length}
         *
         * @param count how many
         * @param between how long the waits are
         */
        public Steps tokens(int count, Latency between) {
            Checks.atLeastOne("count", count);
            Step wait = new Step.Wait(Objects.requireNonNull(between, "between")::sample);
            Step piece = new Step.Piece(Chunk.text(Tokens.ONE));
            List<Step> more = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                more.add(wait);
                more.add(piece);
            }
            return then(more, functions);
        }

        /**
         * {@return these steps and a text that is too long for any buffer, in large pieces}
         *
         * @param chars how many characters
         */
        public Steps oversized(long chars) {
            return then(
                    Pieces.of(chars).stream()
                            .<Step>map(piece -> new Step.Piece(Chunk.text(piece)))
                            .toList(),
                    functions);
        }

        /**
         * {@return these steps and a whole function call in one piece}
         *
         * @param id the call's id
         * @param name the function's name
         * @param arguments the arguments as JSON text
         */
        public Steps functionCall(String id, String name, String arguments) {
            Step piece = new Step.Piece(Chunk.functionPiece(functions, id, name, arguments));
            return then(List.of(piece), functions + 1);
        }

        /**
         * {@return the script that ends these steps with a whole answer} Its finish reason says whether functions
         * were asked for, and its usage counts about four characters a token.
         */
        public Script complete() {
            return of(then(new Step.Complete(null)).steps);
        }

        /**
         * {@return the script that ends these steps with a whole answer}
         *
         * @param end how it ended
         */
        public Script complete(ReplyEnd end) {
            return of(then(new Step.Complete(Objects.requireNonNull(end, "end"))).steps);
        }

        /**
         * {@return the script that sends comments for ever after these steps, and nothing else} Comments are not pieces
         * and no sink is told of them, so to a caller it is a hang; on a socket they can be seen.
         *
         * @param every the time between two
         */
        public Script keepAliveForEver(Duration every) {
            if (every.isZero() || every.isNegative()) {
                throw new IllegalArgumentException("the time between comments must be more than zero: " + every);
            }
            return of(opened().then(new Step.KeepAlives(every)).steps);
        }

        /** {@return the script whose connection breaks after these steps} */
        public Script cut() {
            return refuse(Failures::connectionCut);
        }

        /** {@return the script that sends what cannot be understood after these steps} */
        public Script garbage() {
            return refuse(Failures::malformed);
        }

        /** {@return the script that never says anything after these steps} */
        public Script hang() {
            return of(steps);
        }

        /**
         * {@return the script that fails after these steps}
         *
         * @param failure what the provider reports
         */
        public Script fail(ProviderException failure) {
            Objects.requireNonNull(failure, "failure");
            return fail(() -> failure);
        }

        /**
         * {@return the script that fails after these steps, with a new exception in each exchange}
         *
         * @param failure makes what the provider reports
         */
        public Script fail(Supplier<? extends ProviderException> failure) {
            Objects.requireNonNull(failure, "failure");
            return refuse(name -> failure.get());
        }

        /**
         * {@return the script that fails after these steps, as a provider of its name would}
         *
         * @param failure makes what the provider reports, by its name: {@code Failures::quotaExhausted}
         */
        public Script refuse(Function<String, ? extends ProviderException> failure) {
            return of(then(new Step.Fail(Objects.requireNonNull(failure, "failure"))).steps);
        }

        /**
         * {@return the script that meets a limit of the transport after these steps}
         *
         * @param limit the limit
         * @param duration its length
         */
        public Script timeOut(AttemptTimeoutException.Limit limit, Duration duration) {
            return of(then(new Step.TimeOut(() -> new AttemptTimeoutException(limit, duration))).steps);
        }
    }
}

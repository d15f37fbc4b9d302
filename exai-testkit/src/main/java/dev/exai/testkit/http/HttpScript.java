package dev.exai.testkit.http;

import dev.exai.message.Usage;
import dev.exai.testkit.internal.Checks;
import dev.exai.testkit.internal.Pieces;
import dev.exai.testkit.internal.TokenRate;
import dev.exai.testkit.internal.Tokens;
import dev.exai.testkit.script.Latency;
import dev.exai.testkit.script.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FakeProviderServer} does with one request: waits, pieces of an answer, and an end.
 *
 * <p>The same script serves requests with and without a stream: without one, the pieces are put together into one
 * whole JSON answer, which is sent at the end. Immutable, and may serve any number of requests.
 *
 * <pre>{@code
 * HttpScript.after(Duration.ofMillis(200)).reasoning("hm").text("hi").complete();
 * HttpScript.headers().hang();
 * HttpScript.text("par").reset();
 * HttpScript.refuse(Refusal.CONCURRENCY).retryAfter(Duration.ofDays(1));
 * HttpScript.error("1305");
 * HttpScript.after(Latency.logNormal(Duration.ofSeconds(5), Duration.ofSeconds(40))).tokens(600, 57).complete();
 * }</pre>
 */
public final class HttpScript {
    static final Steps START = new Steps(List.of());

    private final List<HttpStep> steps;
    private final Map<String, Optional<String>> headers;
    private final @Nullable Duration byteDelay;

    private HttpScript(List<HttpStep> steps, Map<String, Optional<String>> headers, @Nullable Duration byteDelay) {
        this.steps = List.copyOf(steps);
        this.headers = headers;
        this.byteDelay = byteDelay;
    }

    /**
     * {@return the same on a socket that a script does in the same process} A failure becomes the provider's nearest
     * refusal, a cut connection a reset, what cannot be understood a broken frame, and a limit of the client's own
     * transport a hang.
     *
     * @param script the script; what it does after an abort is left out
     * @throws IllegalArgumentException if it throws on open, ignores an abort, or does something besides in one
     */
    public static HttpScript of(Script script) {
        Translation translation = new Translation();
        script.read(translation);
        return translation.result();
    }

    /**
     * {@return steps that begin with a wait, before the headers}
     *
     * @param time how long, in real time
     */
    public static Steps after(Duration time) {
        return START.after(time);
    }

    /**
     * {@return steps that begin with a wait whose length is asked for anew for each request}
     *
     * @param time tells how long; called by the server's threads
     */
    public static Steps after(Supplier<Duration> time) {
        return START.after(time);
    }

    /**
     * {@return steps that begin with a wait, before the headers}
     *
     * @param latency how long; each request takes a sample of its own, decided by the server's seed
     */
    public static Steps after(Latency latency) {
        return START.after(latency);
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
     * {@return a script that answers with more text than anybody wants, in large frames}
     *
     * @param chars how many characters
     */
    public static HttpScript oversized(long chars) {
        return START.oversized(chars).complete();
    }

    /** {@return a script that answers with bytes that are no HTTP} */
    public static HttpScript nonsense() {
        return START.end(new HttpStep.Nonsense());
    }

    /**
     * {@return a script that reports one of the vendor's own errors at once}
     *
     * @param name its name in {@link WireFormat#errors}; a server without that error refuses the script
     */
    public static HttpScript error(String name) {
        return START.error(name);
    }

    /** {@return steps that begin with the headers at once} */
    public static Steps headers() {
        return START.headers();
    }

    /**
     * {@return steps that begin with a piece of text}
     *
     * @param text the piece
     */
    public static Steps text(String text) {
        return START.text(text);
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

    /** {@return a script that answers with nothing at once} */
    public static HttpScript complete() {
        return START.complete();
    }

    /** {@return a script that never even sends headers} */
    public static HttpScript hang() {
        return START.hang();
    }

    /**
     * {@return a script that refuses at once, as the provider would}
     *
     * @param refusal why
     */
    public static HttpScript refuse(Refusal refusal) {
        return START.refuse(refusal);
    }

    /**
     * {@return a script that answers with anything}
     *
     * @param status the HTTP status
     * @param contentType the type of the body
     * @param body the body
     */
    public static HttpScript respond(int status, String contentType, String body) {
        return START.respond(status, contentType, body);
    }

    /**
     * {@return this script with a header, in place of one of that name that the provider would send}
     *
     * @param name the header's name
     * @param value its value
     */
    public HttpScript withHeader(String name, String value) {
        if ((name + value).chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException("a header must be one line: " + name);
        }
        return withChange(name, Optional.of(value));
    }

    /**
     * {@return this script without a header that the provider would send}
     *
     * @param name the header's name
     */
    public HttpScript withoutHeader(String name) {
        return withChange(name, Optional.empty());
    }

    /**
     * {@return this script, saying when to come back, or nothing about it}
     *
     * @param time the time in whole seconds, or null
     */
    public HttpScript retryAfter(@Nullable Duration time) {
        return time == null
                ? withoutHeader("Retry-After").withoutHeader("X-Retry-After").withoutHeader("Msh-Cooldown-Seconds")
                : withHeader("Retry-After", Long.toString(time.toSeconds()));
    }

    private HttpScript withChange(String name, Optional<String> value) {
        Map<String, Optional<String>> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new HttpScript(steps, all, byteDelay);
    }

    /**
     * {@return this script, whose bytes are written one by one}
     *
     * @param delay the wait before each, may be zero
     */
    public HttpScript byteByByte(Duration delay) {
        return new HttpScript(steps, headers, Objects.requireNonNull(delay, "delay"));
    }

    List<HttpStep> steps() {
        return steps;
    }

    Map<String, Optional<String>> headerChanges() {
        return headers;
    }

    /** {@return this script, if a server of that dialect can play it} */
    HttpScript checkedFor(Dialect dialect) {
        for (HttpStep step : steps) {
            if (step instanceof HttpStep.FailNamed error) {
                dialect.errorNamed(error.name());
            }
        }
        return this;
    }

    @Nullable
    Duration byteDelay() {
        return byteDelay;
    }

    @Override
    public String toString() {
        return "HttpScript[" + steps.size() + " steps]";
    }

    /** A script that has no end yet. Immutable: each method gives a longer one. */
    public static final class Steps {
        private static final HttpStep TOKEN = new HttpStep.Text(Tokens.ONE);

        private final List<HttpStep> steps;

        private Steps(List<HttpStep> steps) {
            this.steps = steps;
        }

        Steps then(HttpStep step) {
            return then(List.of(step));
        }

        Steps then(List<HttpStep> more) {
            List<HttpStep> all = new ArrayList<>(steps);
            all.addAll(more);
            return new Steps(all);
        }

        HttpScript end(HttpStep step) {
            return then(step).hang();
        }

        /**
         * {@return these steps and a wait}
         *
         * @param time how long, in real time
         */
        public Steps after(Duration time) {
            Objects.requireNonNull(time, "time");
            return then(new HttpStep.Wait(chance -> time));
        }

        /**
         * {@return these steps and a wait whose length is asked for anew for each request}
         *
         * @param time tells how long; called by the server's threads
         */
        public Steps after(Supplier<Duration> time) {
            Objects.requireNonNull(time, "time");
            return then(new HttpStep.Wait(chance -> time.get()));
        }

        /**
         * {@return these steps and a wait}
         *
         * @param latency how long; each request takes a sample of its own, decided by the server's seed
         */
        public Steps after(Latency latency) {
            return then(new HttpStep.Wait(Objects.requireNonNull(latency, "latency")::sample));
        }

        /** {@return these steps and the headers; left out, they are sent with the first that follows them} */
        public Steps headers() {
            return then(new HttpStep.Headers());
        }

        /**
         * {@return these steps and a piece of text}
         *
         * @param text the piece
         */
        public Steps text(String text) {
            return then(new HttpStep.Text(Objects.requireNonNull(text, "text")));
        }

        /**
         * {@return these steps and the same piece of text over and over, each after a wait: a rate of tokens, or a
         * slow drip}
         *
         * @param count how many pieces
         * @param text the piece
         * @param every the wait before each
         */
        public Steps texts(int count, String text, Duration every) {
            HttpStep wait = new HttpStep.Wait(chance -> every);
            HttpStep piece = new HttpStep.Text(text);
            List<HttpStep> more = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                more.add(wait);
                more.add(piece);
            }
            return then(more);
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
            List<HttpStep> more = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Duration wait = rate.waitBefore(i);
                more.add(new HttpStep.Wait(chance -> wait));
                more.add(TOKEN);
            }
            return then(more);
        }

        /**
         * {@return these steps and tokens, each after a wait of its own length}
         *
         * @param count how many
         * @param between how long the waits are
         */
        public Steps tokens(int count, Latency between) {
            Checks.atLeastOne("count", count);
            HttpStep wait = new HttpStep.Wait(Objects.requireNonNull(between, "between")::sample);
            List<HttpStep> more = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                more.add(wait);
                more.add(TOKEN);
            }
            return then(more);
        }

        /**
         * {@return these steps and a text that is too long for any buffer, in large frames}
         *
         * @param chars how many characters
         */
        public Steps oversized(long chars) {
            return then(
                    Pieces.of(chars).stream().<HttpStep>map(HttpStep.Text::new).toList());
        }

        /**
         * {@return these steps and a piece of reasoning}
         *
         * @param text the piece
         */
        public Steps reasoning(String text) {
            return then(new HttpStep.Reasoning(Objects.requireNonNull(text, "text")));
        }

        /**
         * {@return these steps and a function call, in as many frames as the provider uses by default}
         *
         * @param id the call's id
         * @param name the function's name
         * @param arguments the arguments as JSON text
         */
        public Steps functionCall(String id, String name, String arguments) {
            return then(new HttpStep.WholeFunction(id, name, arguments));
        }

        /**
         * {@return these steps and a function call whose arguments come in pieces, each in a frame of its own}
         *
         * @param id the call's id
         * @param name the function's name
         * @param pieces the pieces of the arguments' JSON text
         */
        public Steps functionCallInPieces(String id, String name, String... pieces) {
            return then(new HttpStep.FunctionInPieces(id, name, List.of(pieces)));
        }

        /**
         * {@return these steps and a comment, as servers send to keep a stream alive}
         *
         * @param text the comment, in one line
         */
        public Steps comment(String text) {
            return raw(": " + text + "\n\n");
        }

        /** {@return these steps and a frame that is no JSON} */
        public Steps garbage() {
            return garbage(Garbage.BROKEN_JSON);
        }

        /**
         * {@return these steps and what nobody can, or should, understand}
         *
         * @param kind which garbage
         */
        public Steps garbage(Garbage kind) {
            return raw(kind.text());
        }

        /**
         * {@return these steps and a part of the body as it is} Without a stream, such parts are the whole body.
         *
         * @param text what is sent
         */
        public Steps raw(String text) {
            return then(new HttpStep.Raw(Objects.requireNonNull(text, "text")));
        }

        /** {@return the script that ends these steps with a whole answer} */
        public HttpScript complete() {
            return end(new HttpStep.Complete(null, null, true, false));
        }

        /**
         * {@return the script that ends these steps with a whole answer}
         *
         * @param finishReason why, as the provider writes it: {@code length}, {@code network_error}
         */
        public HttpScript complete(String finishReason) {
            return end(new HttpStep.Complete(Objects.requireNonNull(finishReason, "finishReason"), null, true, false));
        }

        /**
         * {@return the script that ends these steps with a whole answer}
         *
         * @param finishReason why, as the provider writes it
         * @param usage what it cost
         */
        public HttpScript complete(String finishReason, Usage usage) {
            Objects.requireNonNull(usage, "usage");
            return end(new HttpStep.Complete(Objects.requireNonNull(finishReason, "finishReason"), usage, true, false));
        }

        /** {@return the script that ends these steps with a whole answer whose end comes twice in a stream} */
        public HttpScript completeTwice() {
            return end(new HttpStep.Complete(null, null, true, true));
        }

        /** {@return the script that gives a whole answer after these steps but for the {@code [DONE]} of its stream} */
        public HttpScript endWithoutDone() {
            return end(new HttpStep.Complete(null, null, false, false));
        }

        /** {@return the script that ends the body properly after these steps, though the answer is not whole} */
        public HttpScript endEarly() {
            return end(new HttpStep.EndEarly());
        }

        /** {@return the script that resets the connection after these steps} */
        public HttpScript reset() {
            return end(new HttpStep.Cut(true));
        }

        /** {@return the script that closes the connection after these steps, in the middle of the body} */
        public HttpScript halfClose() {
            return end(new HttpStep.Cut(false));
        }

        /** {@return the script that sends nothing more after these steps, and keeps the connection} */
        public HttpScript hang() {
            return new HttpScript(steps, Map.of(), null);
        }

        /**
         * {@return the script that sends comments for ever after these steps, and nothing else}
         *
         * @param every the time between two
         */
        public HttpScript keepAliveForEver(Duration every) {
            if (every.isZero() || every.isNegative()) {
                throw new IllegalArgumentException("the time between comments must be more than zero: " + every);
            }
            return end(new HttpStep.KeepAlives(every));
        }

        /**
         * {@return the script that refuses after these steps, with the provider's status, headers and body; inside
         * the stream if the headers were already sent}
         *
         * @param refusal why
         */
        public HttpScript refuse(Refusal refusal) {
            return end(new HttpStep.Fail(Objects.requireNonNull(refusal, "refusal"), false));
        }

        /**
         * {@return the script that reports an error inside an answer with status 200, and ends}
         *
         * @param refusal why
         */
        public HttpScript breakOff(Refusal refusal) {
            return end(new HttpStep.Fail(Objects.requireNonNull(refusal, "refusal"), true));
        }

        /**
         * {@return the script that reports one of the vendor's own errors after these steps; inside the stream if the
         * headers were already sent}
         *
         * @param name its name in {@link WireFormat#errors}; a server without that error refuses the script
         */
        public HttpScript error(String name) {
            return end(new HttpStep.FailNamed(Objects.requireNonNull(name, "name"), false));
        }

        /**
         * {@return the script that reports one of the vendor's own errors inside an answer with status 200, and ends}
         *
         * @param name its name in {@link WireFormat#errors}; a server without that error refuses the script
         */
        public HttpScript breakOffWith(String name) {
            return end(new HttpStep.FailNamed(Objects.requireNonNull(name, "name"), true));
        }

        /**
         * {@return the script that answers with anything after these steps}
         *
         * @param status the HTTP status
         * @param contentType the type of the body
         * @param body the body
         */
        public HttpScript respond(int status, String contentType, String body) {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("not the status of an answer: " + status);
            }
            return end(new HttpStep.Respond(new Answer(status, Map.of("Content-Type", contentType), body)));
        }
    }
}

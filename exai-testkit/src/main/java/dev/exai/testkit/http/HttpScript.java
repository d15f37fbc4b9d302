package dev.exai.testkit.http;

import dev.exai.message.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * HttpScript.refuse(Refusal.CONCURRENCY).withHeader("Retry-After", "86400");
 * }</pre>
 */
public final class HttpScript {
    private static final Steps START = new Steps(List.of());

    private final List<HttpStep> steps;
    private final Map<String, String> headers;
    private final @Nullable Duration byteDelay;

    private HttpScript(List<HttpStep> steps, Map<String, String> headers, @Nullable Duration byteDelay) {
        this.steps = List.copyOf(steps);
        this.headers = headers;
        this.byteDelay = byteDelay;
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
        Map<String, String> all = new LinkedHashMap<>(headers);
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

    Map<String, String> extraHeaders() {
        return headers;
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
        private final List<HttpStep> steps;

        private Steps(List<HttpStep> steps) {
            this.steps = steps;
        }

        private Steps then(HttpStep step) {
            return then(List.of(step));
        }

        private Steps then(List<HttpStep> more) {
            List<HttpStep> all = new ArrayList<>(steps);
            all.addAll(more);
            return new Steps(all);
        }

        private HttpScript end(HttpStep step) {
            return then(step).hang();
        }

        /**
         * {@return these steps and a wait}
         *
         * @param time how long, in real time
         */
        public Steps after(Duration time) {
            Objects.requireNonNull(time, "time");
            return then(new HttpStep.Wait(() -> time));
        }

        /**
         * {@return these steps and a wait whose length is asked for anew for each request}
         *
         * @param time tells how long; called by the server's threads
         */
        public Steps after(Supplier<Duration> time) {
            return then(new HttpStep.Wait(Objects.requireNonNull(time, "time")));
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
            HttpStep wait = new HttpStep.Wait(() -> every);
            HttpStep piece = new HttpStep.Text(text);
            List<HttpStep> more = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                more.add(wait);
                more.add(piece);
            }
            return then(more);
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
            return raw("data: {\"choices\":[{\"delta\":{\"content\":\"tor\n\n");
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
            return end(new HttpStep.Complete(null, null, true));
        }

        /**
         * {@return the script that ends these steps with a whole answer}
         *
         * @param finishReason why, as the provider writes it: {@code length}, {@code network_error}
         */
        public HttpScript complete(String finishReason) {
            return end(new HttpStep.Complete(Objects.requireNonNull(finishReason, "finishReason"), null, true));
        }

        /**
         * {@return the script that ends these steps with a whole answer}
         *
         * @param finishReason why, as the provider writes it
         * @param usage what it cost
         */
        public HttpScript complete(String finishReason, Usage usage) {
            Objects.requireNonNull(usage, "usage");
            return end(new HttpStep.Complete(Objects.requireNonNull(finishReason, "finishReason"), usage, true));
        }

        /** {@return the script that gives a whole answer after these steps but for the {@code [DONE]} of its stream} */
        public HttpScript endWithoutDone() {
            return end(new HttpStep.Complete(null, null, false));
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

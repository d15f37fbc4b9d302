package dev.exai.testkit.http;

import dev.exai.testkit.internal.Checks;
import dev.exai.testkit.script.ExchangeCounts;
import dev.exai.testkit.script.RateModel;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server on a loopback socket that answers like a provider, by script, and counts for itself what it sees.
 *
 * <p>It speaks HTTP/1.1 with reused connections, or HTTP/2, with or without TLS ({@link #builder}); answers requests
 * with and without {@code "stream":true}, refuses what the real one refuses (no key, no JSON, an unknown path), and
 * notices at once when a client closes its connection or resets its stream, also while it hangs. Its counts, not those
 * of the library under test, tell whether too much was let through and whether an abort reached the other side; a
 * client in another language gets them as JSON from {@code GET /_fake/counts}. Waits are real time; the limits of a
 * {@link RateModel} go by the clock that the builder is given.
 *
 * <p>Safe for use by many threads; scripts and limits may be changed while it is in use. Every connection has a daemon
 * thread, {@code exai-fake-...}, until {@link #close}.
 *
 * <pre>{@code
 * try (FakeProviderServer server = FakeProviderServer.glm()) {
 *     server.script(HttpScript.reasoning("hm").text("hi").complete())
 *             .script(2, HttpScript.headers().hang())
 *             .script("glm-4.7", HttpScript.error("1305"))
 *             .rates(RateModel.glm(2))
 *             .script(request -> request.promptText().contains("storm"), HttpScript.refuse(Refusal.OVERLOADED));
 *     client.connectTo(server.baseUrl());
 * }
 * }</pre>
 */
public final class FakeProviderServer implements AutoCloseable {
    private final WireFormat format;
    private final Service service;
    private final ExchangeCounts counts;
    private final Listener listener;
    private final @Nullable Http1Listener sockets;
    private final @Nullable TestCertificate certificate;

    private FakeProviderServer(Builder settings) {
        this.format = settings.format;
        this.service = new Service(format, settings.nanoTime);
        this.counts = service.counts;
        this.certificate = settings.tls ? TestCertificate.create() : null;
        SSLContext context = certificate == null ? null : certificate.serverContext();
        if (settings.http2) {
            this.sockets = null;
            this.listener = Http2.start(format.label(), settings.port, context, service);
        } else {
            this.sockets = Http1Listener.start(format.label(), settings.port, settings.backlog, context, service);
            this.listener = sockets;
        }
    }

    /** {@return a running server that speaks GLM's wire format} */
    public static FakeProviderServer glm() {
        return start(WireFormat.GLM, 0);
    }

    /** {@return a running server that speaks Kimi's wire format} */
    public static FakeProviderServer kimi() {
        return start(WireFormat.KIMI, 0);
    }

    /** {@return a running server that speaks OpenAI's wire format} */
    public static FakeProviderServer openAi() {
        return start(WireFormat.OPENAI, 0);
    }

    /**
     * {@return a running server}
     *
     * @param format what it speaks
     * @param port where it listens; 0 for any free port
     * @throws java.io.UncheckedIOException if the port is taken
     */
    public static FakeProviderServer start(WireFormat format, int port) {
        return builder(format).port(port).start();
    }

    /**
     * {@return a server to be started, with options}
     *
     * @param format what it speaks
     */
    public static Builder builder(WireFormat format) {
        return new Builder(format);
    }

    /** {@return the base URL that a client of this provider is given, with the path up to the version} */
    public URI baseUrl() {
        return URI.create((certificate == null ? "http://" : "https://")
                + listener.address().getHostAddress() + ":" + listener.port()
                + format.dialect().basePaths().get(0));
    }

    /** {@return the port that it listens on} */
    public int port() {
        return listener.port();
    }

    /** {@return the certificate that a client must trust, if the server has one} */
    public Optional<TestCertificate> certificate() {
        return Optional.ofNullable(certificate);
    }

    /** {@return what it speaks} */
    public WireFormat format() {
        return format;
    }

    /**
     * Sets the answer to requests that no number and no matcher has another script for; "ok" by default.
     *
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer script(HttpScript script) {
        service.scripts.setDefault(checked(script));
        return this;
    }

    private HttpScript checked(HttpScript script) {
        return script.checkedFor(format.dialect());
    }

    /**
     * Sets the answer to one request, before any other rule is asked.
     *
     * @param number which one, from 1, in the order of arrival
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer script(int number, HttpScript script) {
        service.scripts.number(number, checked(script));
        return this;
    }

    /**
     * Sets the answer to requests in a row; of all rules that match, the first that was added decides.
     *
     * @param first the first of them, from 1, in the order of arrival
     * @param last the last of them
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer script(int first, int last, HttpScript script) {
        service.scripts.numbers(first, last, checked(script));
        return this;
    }

    /**
     * Sets the answer to requests to a model; of all rules that match, the first that was added decides.
     *
     * @param model the model's id
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer script(String model, HttpScript script) {
        service.scripts.model(model, checked(script));
        return this;
    }

    /**
     * Sets the answer to requests that come between two moments; of all rules that match, the first that was added
     * decides.
     *
     * @param from the first moment, from now on, by the server's clock
     * @param until the moment that is too late, from now on
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer script(Duration from, Duration until, HttpScript script) {
        service.scripts.between(from, until, checked(script));
        return this;
    }

    /**
     * Sets the answer to requests that match; of all rules that match, the first that was added decides.
     *
     * @param matcher tells which, by model, prompt or header; called by the server's threads
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer script(Predicate<RecordedRequest> matcher, HttpScript script) {
        service.scripts.matching(matcher, checked(script));
        return this;
    }

    /**
     * Sets the answer to some requests, decided by the seed and the request's number; of all rules that match, the
     * first that was added decides.
     *
     * @param chance how many of them, between 0 and 1
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer sometimes(double chance, HttpScript script) {
        service.scripts.sometimes(chance, checked(script));
        return this;
    }

    /**
     * Sets a storm: requests in a row are refused at once because there are too many.
     *
     * @param first the first of them, from 1, in the order of arrival
     * @param last the last of them
     * @param retryAfter when to come back, or null to say nothing about it
     * @return this server
     */
    public FakeProviderServer storm(int first, int last, @Nullable Duration retryAfter) {
        return script(first, last, HttpScript.refuse(Refusal.REQUEST_RATE).retryAfter(retryAfter));
    }

    /**
     * Sets the seed of latencies and of what happens sometimes; 0 by default.
     *
     * @param seed the seed
     * @return this server
     */
    public FakeProviderServer seed(long seed) {
        service.scripts.seed(seed);
        return this;
    }

    /**
     * Sets what is done to one connection, from the next one on that is accepted. HTTP/1.1 only.
     *
     * @param number which one, from 1, in the order of arrival
     * @param fault what is done
     * @return this server
     * @throws IllegalStateException if the server speaks HTTP/2
     */
    public FakeProviderServer connection(int number, ConnectionFault fault) {
        sockets().fault(number, number, Objects.requireNonNull(fault, "fault"));
        return this;
    }

    /**
     * Sets what is done to all connections, from the next one on that is accepted. HTTP/1.1 only.
     *
     * @param fault what is done
     * @return this server
     * @throws IllegalStateException if the server speaks HTTP/2
     */
    public FakeProviderServer everyConnection(ConnectionFault fault) {
        sockets().fault(1, Integer.MAX_VALUE, Objects.requireNonNull(fault, "fault"));
        return this;
    }

    /**
     * Stops to accept connections: the operating system goes on to establish them, as many as its queue holds
     * ({@link Builder#backlog}), and nobody answers. Those that are there go on. HTTP/1.1 only.
     *
     * @return this server
     * @throws IllegalStateException if the server speaks HTTP/2
     */
    public FakeProviderServer stallAccept() {
        sockets().stall(true);
        return this;
    }

    /**
     * Accepts connections again, those that waited first.
     *
     * @return this server
     * @throws IllegalStateException if the server speaks HTTP/2
     */
    public FakeProviderServer resumeAccept() {
        sockets().stall(false);
        return this;
    }

    private Http1Listener sockets() {
        if (sockets == null) {
            throw new IllegalStateException("faults of connections are for HTTP/1.1; this server speaks HTTP/2");
        }
        return sockets;
    }

    /**
     * Sets the one key that is accepted; by default any is, but there must be one.
     *
     * @param newKey the key
     * @return this server
     */
    public FakeProviderServer requireKey(String newKey) {
        service.requireKey(Objects.requireNonNull(newKey, "key"));
        return this;
    }

    /**
     * Sets the models that there are: others are refused, and these are listed. By default any model is answered.
     *
     * @param ids the models
     * @return this server
     */
    public FakeProviderServer models(String... ids) {
        service.models(List.of(ids));
        return this;
    }

    /**
     * Takes a model out of the list and refuses requests for it, from now on.
     *
     * @param model the model's id
     * @return this server
     */
    public FakeProviderServer withdraw(String model) {
        service.withdraw(Objects.requireNonNull(model, "model"));
        return this;
    }

    /**
     * Refuses what would be one too many in flight, as the real provider does: GLM counts each model for itself, Kimi
     * and OpenAI count all together.
     *
     * @param most how many may be in flight, at least 1
     * @return this server
     */
    public FakeProviderServer limitInFlight(int most) {
        return rates(format.dialect().inFlight(most));
    }

    /**
     * Sets what the provider allows, from now on; before that it allows everything. What is more is refused in the
     * provider's own words, and counted as {@link #refused}.
     *
     * @param model the limits
     * @return this server
     */
    public FakeProviderServer rates(RateModel model) {
        service.rates(model);
        return this;
    }

    /**
     * Lets another endpoint than chat answer, such as one that counts tokens or lists files.
     *
     * @param method {@code GET}, {@code POST} or {@code DELETE}
     * @param path where, after the base URL, beginning with a slash
     * @param json what it answers
     * @return this server
     */
    public FakeProviderServer endpoint(String method, String path, String json) {
        service.endpoint(
                Objects.requireNonNull(method, "method") + " " + Objects.requireNonNull(path, "path"),
                Objects.requireNonNull(json, "json"));
        return this;
    }

    /** {@return how many exchanges are in flight: being answered, their clients still there} */
    public int inFlight() {
        return counts.inFlight();
    }

    /**
     * {@return how many exchanges of a model are in flight}
     *
     * @param model the model's id
     */
    public int inFlight(String model) {
        return counts.inFlight(model);
    }

    /**
     * {@return the most exchanges that were ever in flight at once} One whose client closes the connection is out
     * of flight when the server notices, which it waits for up to 50 ms before it counts a new maximum.
     */
    public int maxInFlight() {
        return counts.maxInFlight();
    }

    /**
     * {@return the most exchanges of a model that were ever in flight at once}
     *
     * @param model the model's id
     */
    public int maxInFlight(String model) {
        return counts.maxInFlight(model);
    }

    /** {@return all counts of this server, overall and by model} */
    public ExchangeCounts counts() {
        return counts;
    }

    /** {@return how many exchanges were opened; what was refused at the door is none} */
    public long opened() {
        return counts.opened();
    }

    /** {@return how many exchanges gave a whole answer} */
    public long completed() {
        return counts.completed();
    }

    /** {@return how many exchanges ended by a failure that the script wanted, or by the end of the server} */
    public long failed() {
        return counts.failed();
    }

    /** {@return how many exchanges were left by their client before the answer was whole} */
    public long abortedByClient() {
        return counts.aborted();
    }

    /** {@return how many requests were refused at the door: by key, by model, by the limit in flight} */
    public long refused() {
        return service.refused();
    }

    /** {@return how many connections were ever accepted} */
    public int connections() {
        return listener.accepted();
    }

    /** {@return the exchanges that are being answered, one line each} */
    public List<String> openExchanges() {
        String where = format.label() + " on port " + listener.port() + ": ";
        return service.openExchanges().stream().map(where::concat).toList();
    }

    /**
     * {@return the connections that are open, busy or not, one line each} A client that keeps connections for later
     * has them open until it is closed.
     */
    public List<String> openConnections() {
        String where = format.label() + " on port " + listener.port() + ": ";
        return listener.open().stream().map(where::concat).toList();
    }

    /** {@return the requests in the order of arrival, of very many the last ten thousand} */
    public List<RecordedRequest> requests() {
        return service.requests();
    }

    /** {@return assertions about the requests for an answer that have come so far} */
    public RequestAssertions assertRequests() {
        return new RequestAssertions(
                format.label(),
                requests().stream().filter(request -> request.number() > 0).toList());
    }

    /**
     * Waits until so many connections were accepted.
     *
     * @param count how many at least
     * @param atMost how long to wait
     * @throws AssertionError if the time passes first
     * @throws InterruptedException if the thread is interrupted first
     */
    public void awaitConnections(int count, Duration atMost) throws InterruptedException {
        await(() -> connections() >= count, "not " + count + " connections", atMost);
    }

    /**
     * Waits until exactly so many exchanges are in flight.
     *
     * @param count how many
     * @param atMost how long to wait
     * @throws AssertionError if the time passes first
     * @throws InterruptedException if the thread is interrupted first
     */
    public void awaitInFlight(int count, Duration atMost) throws InterruptedException {
        await(() -> counts.inFlight() == count, "not " + count + " in flight", atMost);
    }

    /**
     * Waits until so many requests have arrived.
     *
     * @param count how many at least
     * @param atMost how long to wait
     * @throws AssertionError if the time passes first
     * @throws InterruptedException if the thread is interrupted first
     */
    public void awaitRequests(int count, Duration atMost) throws InterruptedException {
        await(() -> service.received() >= count, "not " + count + " requests", atMost);
    }

    /**
     * Waits until no exchange is being answered.
     *
     * @param atMost how long to wait
     * @throws AssertionError if the time passes first; the message names those that are left
     * @throws InterruptedException if the thread is interrupted first
     */
    public void awaitNoOpenExchanges(Duration atMost) throws InterruptedException {
        await(() -> openExchanges().isEmpty(), "exchanges are open", atMost);
    }

    private void await(BooleanSupplier condition, String otherwise, Duration atMost) throws InterruptedException {
        try {
            counts.await(condition, atMost);
        } catch (TimeoutException e) {
            throw new AssertionError(otherwise + ": " + this + " " + openExchanges(), e);
        }
    }

    /** Closes all connections and ends all threads. May be called twice. */
    @Override
    public void close() {
        service.close();
        listener.close();
    }

    @Override
    public String toString() {
        return "FakeProviderServer[" + format.label() + " on port " + listener.port() + ": " + counts + "]";
    }

    /** Options of a server. Not safe for use by several threads. */
    public static final class Builder {
        private static final int BACKLOG = 1024;

        private final WireFormat format;
        private int port;
        private int backlog = BACKLOG;
        private boolean tls;
        private boolean http2;
        private LongSupplier nanoTime = System::nanoTime;

        private Builder(WireFormat format) {
            this.format = Objects.requireNonNull(format, "format");
        }

        /**
         * Sets where it listens; any free port by default.
         *
         * @param number the port, or 0 for any free one
         * @return this builder
         */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /**
         * Serves over TLS, with a certificate of its own for the loopback address. Needs {@code okhttp-tls}, which the
         * testkit does not bring along.
         *
         * @return this builder
         */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /**
         * Speaks HTTP/2 instead of HTTP/1.1: over TLS with clients that offer it, otherwise with clients that know it
         * beforehand. Needs {@code jetty-http2-server}, and with TLS {@code jetty-alpn-java-server}, which the testkit
         * does not bring along.
         *
         * @return this builder
         */
        public Builder http2() {
            this.http2 = true;
            return this;
        }

        /**
         * Sets how many connections the operating system may establish before they are accepted; 1,024 by default.
         * Few of them and {@link FakeProviderServer#stallAccept} make a server that cannot even be connected to. HTTP/1.1
         * only.
         *
         * @param connections how many, at least 1
         * @return this builder
         */
        public Builder backlog(int connections) {
            this.backlog = (int) Checks.atLeastOne("backlog", connections);
            return this;
        }

        /**
         * Sets the clock of limits on rates, of scripts for a span of time and of {@link RecordedRequest#arrival}; real
         * time by default.
         *
         * @param newNanoTime the clock, such as {@code scheduler::nanoTime}; called by the server's threads
         * @return this builder
         */
        public Builder clock(LongSupplier newNanoTime) {
            this.nanoTime = Objects.requireNonNull(newNanoTime, "clock");
            return this;
        }

        /**
         * {@return the running server}
         *
         * @throws java.io.UncheckedIOException if the port is taken
         * @throws IllegalStateException if a library is missing that an option needs
         */
        public FakeProviderServer start() {
            return new FakeProviderServer(this);
        }
    }
}

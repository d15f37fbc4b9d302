package dev.exai.testkit.http;

import dev.exai.testkit.script.ExchangeCounts;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A server on a loopback socket that answers like a provider, by script, and counts for itself what it sees.
 *
 * <p>It speaks HTTP/1.1 with reused connections, answers requests with and without {@code "stream":true}, refuses
 * what the real one refuses (no key, no JSON, an unknown path), and notices at once when a client closes its
 * connection, also while it hangs. Its counts, not those of the library under test, tell whether too much was let
 * through and whether an abort reached the other side. All time is real.
 *
 * <p>Safe for use by many threads; scripts and limits may be changed while it is in use. Every connection has a daemon
 * thread, {@code exai-fake-...}, until {@link #close}.
 *
 * <pre>{@code
 * try (FakeProviderServer server = FakeProviderServer.glm()) {
 *     server.script(HttpScript.reasoning("hm").text("hi").complete())
 *             .script(2, HttpScript.headers().hang())
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

    private FakeProviderServer(WireFormat format, int port) {
        this.format = format;
        this.service = new Service(format);
        this.counts = service.counts;
        this.listener = Listener.start(format.label(), port, service);
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
        return new FakeProviderServer(format, port);
    }

    /** {@return the base URL that a client of this provider is given, with the path up to the version} */
    public URI baseUrl() {
        return URI.create("http://" + listener.address().getHostAddress() + ":" + listener.port()
                + format.dialect().basePaths().get(0));
    }

    /** {@return the port that it listens on} */
    public int port() {
        return listener.port();
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
        service.scripts.setDefault(script);
        return this;
    }

    /**
     * Sets the answer to one request, before any matcher is asked.
     *
     * @param number which one, from 1, in the order of arrival
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer script(int number, HttpScript script) {
        service.scripts.set(number, script);
        return this;
    }

    /**
     * Sets the answer to requests that match; of several matchers the first that was added decides.
     *
     * @param matcher tells which, by model, prompt or header; called by the server's threads
     * @param script what happens
     * @return this server
     */
    public FakeProviderServer script(Predicate<RecordedRequest> matcher, HttpScript script) {
        service.scripts.add(matcher, script);
        return this;
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
     * Refuses what would be one too many in flight, as the real provider does: GLM counts each model for itself, Kimi
     * and OpenAI count all together.
     *
     * @param most how many may be in flight, at least 1
     * @return this server
     */
    public FakeProviderServer limitInFlight(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("limit < 1: " + most);
        }
        service.limitInFlight(most);
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

    /** {@return the requests in the order of arrival, of very many the last ten thousand} */
    public List<RecordedRequest> requests() {
        return service.requests();
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
}

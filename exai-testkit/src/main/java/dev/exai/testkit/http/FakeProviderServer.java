package dev.exai.testkit.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.testkit.script.ExchangeCounts;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    /**
     * A client closes one connection and at once asks on another, and the two are noticed by two threads: a request
     * that would be one too many waits this long for news of those who have left.
     */
    private static final Duration SETTLE = Duration.ofMillis(50);

    private static final String CHAT = "/chat/completions";

    private final WireFormat format;
    private final Dialect dialect;
    private final Listener listener;
    private final Scripts scripts = new Scripts();
    private final ExchangeCounts counts = new ExchangeCounts();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable String key;

    @GuardedBy("lock")
    private List<String> models;

    @GuardedBy("lock")
    private boolean knowsAllModels;

    @GuardedBy("lock")
    private int limit = Integer.MAX_VALUE;

    @GuardedBy("lock")
    private int asked;

    @GuardedBy("lock")
    private long refused;

    @GuardedBy("lock")
    private final List<RecordedRequest> requests = new ArrayList<>();

    /** What is being answered, and since when. */
    @GuardedBy("lock")
    private final Map<RecordedRequest, Long> open = new LinkedHashMap<>();

    private FakeProviderServer(WireFormat format, int port) {
        this.format = format;
        this.dialect = format.dialect();
        this.models = dialect.models();
        this.listener = Listener.start(format.label(), port, this::handle);
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
                + dialect.basePaths().get(0));
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
        scripts.setDefault(script);
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
        scripts.set(number, script);
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
        scripts.add(matcher, script);
        return this;
    }

    /**
     * Sets the one key that is accepted; by default any is, but there must be one.
     *
     * @param newKey the key
     * @return this server
     */
    public FakeProviderServer requireKey(String newKey) {
        synchronized (lock) {
            key = Objects.requireNonNull(newKey, "key");
        }
        return this;
    }

    /**
     * Sets the models that there are: others are refused, and these are listed. By default any model is answered.
     *
     * @param ids the models
     * @return this server
     */
    public FakeProviderServer models(String... ids) {
        synchronized (lock) {
            models = List.of(ids);
            knowsAllModels = true;
        }
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
        synchronized (lock) {
            limit = most;
        }
        return this;
    }

    private boolean handle(HttpRequest request, Client client) throws IOException {
        String path = pathUnderBase(request.path());
        boolean chat = path.equals(CHAT) && request.method().equals("POST");
        RecordedRequest recorded = record(request, chat);
        if (path.equals("/models") && request.method().equals("GET")) {
            send(client, recorded, Answer.json(200, modelList()));
        } else if (chat) {
            return answer(recorded, client);
        } else {
            send(client, recorded, dialect.refuse(Refusal.PATH_NOT_FOUND, "", 0));
        }
        return true;
    }

    /** {@return what follows the base path, without the query; the path itself if it is another one} */
    private String pathUnderBase(String path) {
        String plain = path.split("\\?", 2)[0];
        for (String base : dialect.basePaths()) {
            if (plain.startsWith(base + "/")) {
                return plain.substring(base.length());
            }
        }
        return "other:" + plain;
    }

    private RecordedRequest record(HttpRequest request, boolean chat) {
        synchronized (lock) {
            asked += chat ? 1 : 0;
            RecordedRequest recorded = new RecordedRequest(
                    chat ? asked : 0, request.method(), request.path(), request.headers(), request.body());
            requests.add(recorded);
            counts.signal();
            return recorded;
        }
    }

    private String modelList() {
        synchronized (lock) {
            return models.stream()
                    .map(id -> "{\"id\":" + JsonText.quote(id)
                            + ",\"object\":\"model\",\"created\":1760000000,\"owned_by\":"
                            + JsonText.quote(format.label()) + "}")
                    .collect(Collectors.joining(",", "{\"object\":\"list\",\"data\":[", "]}"));
        }
    }

    private boolean answer(RecordedRequest request, Client client) throws IOException {
        Refusal refusal = objection(request);
        ExchangeCounts.Counted counted = refusal == null ? admit(request) : null;
        if (counted == null) {
            refuse(request, client, refusal != null ? refusal : Refusal.CONCURRENCY);
            return true;
        }
        try {
            return play(request, client, counted);
        } catch (IOException e) {
            if (!listener.isClosed()) {
                counted.leave();
                counted.lost();
            }
            throw e;
        } finally {
            synchronized (lock) {
                open.remove(request);
            }
            counted.end(ExchangeCounts.Outcome.FAILED);
            counts.signal();
        }
    }

    private boolean play(RecordedRequest request, Client client, ExchangeCounts.Counted counted) throws IOException {
        Reply reply = new Reply(dialect.idOf(request.number()), System.currentTimeMillis() / 1000, request);
        return new Player(dialect, reply, scripts.of(request), client, counted, shownLimit()).play();
    }

    private @Nullable Refusal objection(RecordedRequest request) {
        synchronized (lock) {
            if (!request.hasBearerKey()) {
                return Refusal.MISSING_KEY;
            }
            if (key != null && !request.authorizedWith(key)) {
                return Refusal.BAD_KEY;
            }
            if (request.model().isEmpty() || request.messages().isEmpty()) {
                return Refusal.BAD_PARAMETER;
            }
            return knowsAllModels && !models.contains(request.model()) ? Refusal.MODEL_NOT_FOUND : null;
        }
    }

    /** {@return the exchange, or null if it would be one too many} */
    private ExchangeCounts.@Nullable Counted admit(RecordedRequest request) throws IOException {
        String model = request.model();
        ExchangeCounts.Counted[] counted = new ExchangeCounts.Counted[1];
        settle(() -> {
            synchronized (lock) {
                boolean fits = !isFull(model) && !isRecord(model);
                counted[0] = fits ? open(request) : null;
                return fits;
            }
        });
        synchronized (lock) {
            return counted[0] != null || isFull(model) ? counted[0] : open(request);
        }
    }

    @GuardedBy("lock")
    private ExchangeCounts.Counted open(RecordedRequest request) {
        open.put(request, System.nanoTime());
        return counts.open(request.model());
    }

    private boolean isRecord(String model) {
        boolean overall = counts.inFlight() > 0 && counts.inFlight() == counts.maxInFlight();
        boolean ofModel = counts.inFlight(model) > 0 && counts.inFlight(model) == counts.maxInFlight(model);
        return overall || ofModel;
    }

    private boolean isFull(String model) {
        synchronized (lock) {
            return (dialect.limitsEachModel() ? counts.inFlight(model) : counts.inFlight()) >= limit;
        }
    }

    private void settle(BooleanSupplier fits) throws IOException {
        try {
            counts.await(fits, SETTLE);
        } catch (TimeoutException e) {
            // It really is one more.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void refuse(RecordedRequest request, Client client, Refusal refusal) throws IOException {
        synchronized (lock) {
            refused++;
        }
        send(client, request, dialect.refuse(refusal, request.model(), shownLimit()));
    }

    private int shownLimit() {
        synchronized (lock) {
            return limit == Integer.MAX_VALUE ? 1 : limit;
        }
    }

    private void send(Client client, RecordedRequest request, Answer answer) throws IOException {
        new HttpWriter(client, dialect.commonHeaders(dialect.idOf(request.number()))).whole(answer, () -> {});
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
        synchronized (lock) {
            return refused;
        }
    }

    /** {@return how many connections were ever accepted} */
    public int connections() {
        return listener.accepted();
    }

    /** {@return the exchanges that are being answered, one line each} */
    public List<String> openExchanges() {
        long now = System.nanoTime();
        synchronized (lock) {
            return open.entrySet().stream()
                    .map(entry -> format.label() + " on port " + listener.port() + ": " + entry.getKey() + ", open for "
                            + Duration.ofNanos(now - entry.getValue()).toMillis() + " ms")
                    .toList();
        }
    }

    /** {@return all requests in the order of arrival} */
    public List<RecordedRequest> requests() {
        synchronized (lock) {
            return List.copyOf(requests);
        }
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
        await(() -> requests().size() >= count, "not " + count + " requests", atMost);
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
        listener.close();
    }

    @Override
    public String toString() {
        return "FakeProviderServer[" + format.label() + " on port " + listener.port() + ": " + counts + "]";
    }
}

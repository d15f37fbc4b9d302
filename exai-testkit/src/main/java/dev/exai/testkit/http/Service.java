package dev.exai.testkit.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.testkit.script.ExchangeCounts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a {@link FakeProviderServer} does with a request: refuse it at the door, or admit and answer it. */
final class Service implements Listener.Handler {
    /*
     * State      settings; what was asked; what is being answered. How much is in flight is in counts.
     * Owner      lock guards all of it but scripts and counts, which guard themselves.
     * Ordering   lock before the lock of counts, never the other way: counts ask conditions without a lock.
     */

    /**
     * A client closes one connection and at once asks on another, and the two are noticed by two threads: a request
     * that would be one too many, or more than ever, waits this long for news of those who had left before it came. An
     * exchange that ends in its regular way meanwhile was in flight when it came, and is counted as that: such an end is
     * counted before the client can see it.
     */
    private static final Duration SETTLE = Duration.ofMillis(50);

    private static final Duration POLL = Duration.ofMillis(1);

    private static final String CHAT = "/chat/completions";
    private static final int KEPT = 10_000;

    final Scripts scripts = new Scripts();
    final ExchangeCounts counts = new ExchangeCounts();
    private final WireFormat format;
    private final Dialect dialect;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable String key;

    @GuardedBy("lock")
    private List<String> models;

    @GuardedBy("lock")
    private boolean knowsAllModels;

    @GuardedBy("lock")
    private int limit = Integer.MAX_VALUE;

    /** The models that those ask who wait at the door. */
    @GuardedBy("lock")
    private final List<String> atDoor = new ArrayList<>();

    @GuardedBy("lock")
    private int asked;

    @GuardedBy("lock")
    private long received;

    @GuardedBy("lock")
    private long refused;

    /** The last ones. */
    @GuardedBy("lock")
    private final Deque<RecordedRequest> requests = new ArrayDeque<>();

    /** What is being answered, and since when. */
    @GuardedBy("lock")
    private final Map<RecordedRequest, Long> open = new LinkedHashMap<>();

    private volatile boolean closed;

    Service(WireFormat format) {
        this.format = format;
        this.dialect = format.dialect();
        this.models = dialect.models();
    }

    void requireKey(String newKey) {
        synchronized (lock) {
            key = newKey;
        }
    }

    void models(List<String> ids) {
        synchronized (lock) {
            models = ids;
            knowsAllModels = true;
        }
    }

    void limitInFlight(int most) {
        synchronized (lock) {
            limit = most;
        }
    }

    /** Says that clients which lose their connection from now on have not left. */
    void close() {
        closed = true;
    }

    long refused() {
        synchronized (lock) {
            return refused;
        }
    }

    long received() {
        synchronized (lock) {
            return received;
        }
    }

    List<RecordedRequest> requests() {
        synchronized (lock) {
            return List.copyOf(requests);
        }
    }

    List<String> openExchanges() {
        long now = System.nanoTime();
        synchronized (lock) {
            return open.entrySet().stream()
                    .map(entry -> entry.getKey() + ", open for "
                            + Duration.ofNanos(now - entry.getValue()).toMillis() + " ms")
                    .toList();
        }
    }

    @Override
    public boolean handle(HttpRequest request, Client client) throws IOException {
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
            received++;
            if (requests.size() == KEPT) {
                requests.removeFirst();
            }
            requests.addLast(recorded);
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
        ExchangeCounts.Counted counted = refusal == null ? admit(request, client) : null;
        if (counted == null) {
            refuse(request, client, refusal != null ? refusal : Refusal.CONCURRENCY);
            return true;
        }
        try {
            return play(request, client, counted);
        } catch (IOException e) {
            if (!closed) {
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
    private ExchangeCounts.@Nullable Counted admit(RecordedRequest request, Client client) throws IOException {
        Arrival arrival = arrive(request.model());
        ExchangeCounts.Counted counted = null;
        try {
            Duration waited = Duration.ZERO;
            // News of those who had left may still be on its way, also while those in flight end and make room.
            while (counted == null && waited.compareTo(SETTLE) < 0) {
                counted = arrival.wouldBeRecord() ? null : openIf(request, true);
                if (counted == null) {
                    client.pause(POLL);
                    waited = waited.plus(POLL);
                }
            }
            if (counted == null) {
                counted = openIf(request, false);
            }
            if (counted != null) {
                arrival.count();
                return counted;
            }
            synchronized (lock) {
                atDoor.remove(request.model());
            }
            return null;
        } catch (IOException e) {
            // It has left like the others, before it was in flight.
            synchronized (lock) {
                counts.missed();
                atDoor.remove(request.model());
            }
            throw e;
        }
    }

    private Arrival arrive(String model) {
        synchronized (lock) {
            atDoor.add(model);
            int ofModel = (int) atDoor.stream().filter(model::equals).count();
            long abortedBefore = counts.aborted(); // first: who leaves in between is then counted out, not in
            return new Arrival(
                    model, counts.inFlight() + atDoor.size(), counts.inFlight(model) + ofModel, abortedBefore);
        }
    }

    /** What was in flight when a request came, it included; less those who turn out to have left before. */
    private final class Arrival {
        private final String model;
        private final int overall;
        private final int ofModel;
        private final long abortedBefore;

        Arrival(String model, int overall, int ofModel, long abortedBefore) {
            this.model = model;
            this.overall = overall;
            this.ofModel = ofModel;
            this.abortedBefore = abortedBefore;
        }

        private int left() {
            return (int) (counts.aborted() - abortedBefore);
        }

        /** Whether it is more than ever, as far as is known by now of those who had left. */
        boolean wouldBeRecord() {
            int left = left();
            boolean alone = overall - left <= 1;
            return !alone && (overall - left > counts.maxInFlight() || ofModel - left > counts.maxInFlight(model));
        }

        void count() {
            counts.overlapped(model, overall - left(), ofModel - left());
        }
    }

    private ExchangeCounts.@Nullable Counted openIf(RecordedRequest request, boolean noMoreThanEver) {
        synchronized (lock) {
            boolean fits = !isFull(request.model()) && !(noMoreThanEver && isRecord(request.model()));
            return fits ? open(request) : null;
        }
    }

    @GuardedBy("lock")
    private ExchangeCounts.Counted open(RecordedRequest request) {
        atDoor.remove(request.model()); // in the same step: it is never counted in both places, nor in none
        open.put(request, System.nanoTime());
        return counts.open(request.model());
    }

    private boolean isRecord(String model) {
        boolean overall = counts.inFlight() > 0 && counts.inFlight() == counts.maxInFlight();
        boolean ofModel = counts.inFlight(model) > 0 && counts.inFlight(model) == counts.maxInFlight(model);
        return overall || ofModel;
    }

    @GuardedBy("lock")
    private boolean isFull(String model) {
        return (dialect.limitsEachModel() ? counts.inFlight(model) : counts.inFlight()) >= limit;
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
}

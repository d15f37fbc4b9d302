package dev.exai.testkit.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.testkit.internal.Playbook;
import dev.exai.testkit.script.ExchangeCounts;
import dev.exai.testkit.script.RateGate;
import dev.exai.testkit.script.RateModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a {@link FakeProviderServer} does with a request: refuse it at the door, or admit and answer it. */
final class Service implements Listener.Handler {
    /*
     * State      settings; what was asked; what is being answered. How much is in flight is in counts.
     * Owner      lock guards all of it but scripts, counts and the gate, which guard themselves.
     * Ordering   lock before the locks of counts and gate, never the other way: counts ask conditions, and tell the
     *            gate, without a lock.
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
    private static final String COUNTS = "/_fake/counts";
    private static final int KEPT = 10_000;

    private static final Optional<RateModel.Limit> CONCURRENCY = Optional.of(RateModel.Limit.CONCURRENCY);
    private static final Admission NOT_YET = new Admission(null, null);

    final Playbook<RecordedRequest, HttpScript> scripts;
    final ExchangeCounts counts = new ExchangeCounts();
    private final WireFormat format;
    private final Dialect dialect;
    private final LongSupplier nanoTime;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable String key;

    @GuardedBy("lock")
    private List<String> models;

    @GuardedBy("lock")
    private boolean knowsAllModels;

    @GuardedBy("lock")
    private final Set<String> gone = new HashSet<>();

    @GuardedBy("lock")
    private RateGate gate;

    /** Answers beside chat, by method and path. */
    @GuardedBy("lock")
    private final Map<String, String> endpoints = new HashMap<>();

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

    private final long start;

    private volatile boolean closed;

    Service(WireFormat format, LongSupplier nanoTime) {
        this.format = format;
        this.dialect = format.dialect();
        this.models = dialect.models();
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.scripts = new Playbook<>(HttpScript.text("ok").complete(), nanoTime);
        this.gate = RateModel.unlimited().gate(nanoTime);
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

    void rates(RateModel model) {
        synchronized (lock) {
            gate = model.gate(nanoTime);
        }
    }

    void withdraw(String model) {
        synchronized (lock) {
            models = models.stream().filter(each -> !each.equals(model)).toList();
            gone.add(model);
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
    public void accepted() {
        counts.signal();
    }

    @Override
    public boolean handle(HttpRequest request, Wire wire) throws IOException {
        String path = pathUnderBase(request.path());
        if (request.path().equals(COUNTS) && request.method().equals("GET")) {
            HttpWriter.plain(wire).whole(Answer.json(200, CountsJson.of(counts, refused())), () -> {});
            return true;
        }
        boolean chat = path.equals(CHAT) && request.method().equals("POST");
        RecordedRequest recorded = record(request, chat);
        if (path.equals("/models") && request.method().equals("GET")) {
            send(wire, recorded, Answer.json(200, modelList()));
        } else if (chat) {
            return answer(recorded, wire);
        } else {
            String json = endpoint(request.method() + " " + path);
            send(wire, recorded, json == null ? dialect.refuse(Refusal.PATH_NOT_FOUND, "", 0) : Answer.json(200, json));
        }
        return true;
    }

    void endpoint(String line, String json) {
        synchronized (lock) {
            endpoints.put(line, json);
        }
    }

    private @Nullable String endpoint(String line) {
        synchronized (lock) {
            return endpoints.get(line);
        }
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
                    chat ? asked : 0,
                    request.method(),
                    request.path(),
                    request.headers(),
                    request.body(),
                    Duration.ofNanos(nanoTime.getAsLong() - start));
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

    private boolean answer(RecordedRequest request, Wire wire) throws IOException {
        Refusal refusal = objection(request);
        if (refusal != null) {
            refuse(request, wire, dialect.refuse(refusal, request.model(), 1));
            return true;
        }
        Admission admission = admit(request, wire);
        ExchangeCounts.Counted counted = admission.counted();
        if (counted == null) {
            refuse(request, wire, limited(request, admission.verdict()));
            return true;
        }
        try {
            return play(request, wire, counted);
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

    private boolean play(RecordedRequest request, Wire wire, ExchangeCounts.Counted counted) throws IOException {
        Reply reply = new Reply(dialect.idOf(request.number()), System.currentTimeMillis() / 1000, request);
        HttpScript script = scripts.of(request, request.number(), request.model());
        return new Player(dialect, reply, script, wire, counted, scripts.chanceOf(request.number()), 1).play();
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
            boolean unknown = (knowsAllModels && !models.contains(request.model())) || gone.contains(request.model());
            return unknown ? Refusal.MODEL_NOT_FOUND : null;
        }
    }

    /** An exchange that was let in, or the gate's answer that keeps it out. */
    private record Admission(ExchangeCounts.@Nullable Counted counted, RateGate.@Nullable Answer verdict) {
        boolean isFinal() {
            // Only news of those who had left can make room at once.
            return counted != null || (verdict != null && !verdict.refusedBy().equals(CONCURRENCY));
        }
    }

    private Admission admit(RecordedRequest request, Wire wire) throws IOException {
        Arrival arrival = arrive(request.model());
        Admission admission = NOT_YET;
        try {
            Duration waited = Duration.ZERO;
            // News of those who had left may still be on its way, also while those in flight end and make room.
            while (!admission.isFinal() && waited.compareTo(SETTLE) < 0) {
                admission = arrival.wouldBeRecord() ? NOT_YET : ask(request, true);
                if (!admission.isFinal()) {
                    wire.pause(POLL);
                    waited = waited.plus(POLL);
                }
            }
            if (!admission.isFinal()) {
                admission = ask(request, false);
            }
            if (admission.counted() != null) {
                arrival.count();
                return admission;
            }
            synchronized (lock) {
                atDoor.remove(request.model());
                gate.refused();
            }
            return admission;
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

    private Admission ask(RecordedRequest request, boolean noMoreThanEver) {
        synchronized (lock) {
            if (noMoreThanEver && isRecord(request.model())) {
                return NOT_YET;
            }
            RateGate.Answer answer = gate.ask(
                    request.model(),
                    request.promptTokens(),
                    request.maxOutputTokens().orElse(0));
            return new Admission(answer.refusedBy().isPresent() ? null : open(request, answer), answer);
        }
    }

    @GuardedBy("lock")
    private ExchangeCounts.Counted open(RecordedRequest request, RateGate.Answer place) {
        atDoor.remove(request.model()); // in the same step: it is never counted in both places, nor in none
        open.put(request, System.nanoTime());
        return counts.open(request.model(), place::release);
    }

    private boolean isRecord(String model) {
        boolean overall = counts.inFlight() > 0 && counts.inFlight() == counts.maxInFlight();
        boolean ofModel = counts.inFlight(model) > 0 && counts.inFlight(model) == counts.maxInFlight(model);
        return overall || ofModel;
    }

    private Answer limited(RecordedRequest request, RateGate.@Nullable Answer verdict) {
        RateModel.Limit limit = verdict == null
                ? RateModel.Limit.CONCURRENCY
                : verdict.refusedBy().orElse(RateModel.Limit.CONCURRENCY);
        Refusal refusal = switch (limit) {
            case CONCURRENCY -> Refusal.CONCURRENCY;
            case REQUESTS -> Refusal.REQUEST_RATE;
            case TOKENS -> Refusal.TOKEN_RATE;
            case TOKENS_OF_DAY -> Refusal.DAILY_LIMIT;
        };
        Answer answer = dialect.refuse(refusal, request.model(), verdict == null ? 1 : verdict.most());
        return answer.withRetryAfter(verdict == null ? Optional.empty() : verdict.retryAfter());
    }

    private void refuse(RecordedRequest request, Wire wire, Answer answer) throws IOException {
        synchronized (lock) {
            refused++;
        }
        send(wire, request, answer);
    }

    private void send(Wire wire, RecordedRequest request, Answer answer) throws IOException {
        Answer whole = answer;
        for (Map.Entry<String, String> header :
                dialect.commonHeaders(dialect.idOf(request.number())).entrySet()) {
            whole = whole.with(header.getKey(), header.getValue());
        }
        HttpWriter.plain(wire).whole(whole, () -> {});
    }
}

package dev.exai.testkit.script;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A provider in the same process that answers by script, without a thread of its own.
 *
 * <p>Every step of a script is a task of its own on the scheduler that was given, so with a
 * {@link dev.exai.testkit.time.ManualScheduler} or a {@link dev.exai.testkit.time.Simulation} nothing happens until
 * time is told to pass. Exactly one end is reported for each exchange, also after an abort, unless the script breaks
 * that rule on purpose. It counts for itself what was opened at it: these counts, not the library's, tell whether
 * too much was let through. What a client has aborted is a zombie until its end is reported, and not in flight.
 *
 * <p>Safe for use by many threads; scripts and models may be changed while it is in use.
 *
 * <pre>{@code
 * ScriptedProvider glm = ScriptedProvider.named("glm", simulation.scheduler())
 *         .script(Script.after(Duration.ofSeconds(1)).chunk("hi").complete())
 *         .script(2, Script.opened().hang());
 * }</pre>
 */
public final class ScriptedProvider implements Provider {
    private static final Script DEFAULT =
            Script.after(Duration.ofMillis(100)).chunk("ok").complete();

    /** As many calls as a test will ever look at. */
    private static final int KEPT = 10_000;

    private final ProviderId id;
    private final Scheduler scheduler;
    private final ExchangeCounts counts = new ExchangeCounts();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private List<ModelInfo> models;

    @GuardedBy("lock")
    private boolean modelsAreDefaults = true;

    @GuardedBy("lock")
    private @Nullable Executor executor;

    @GuardedBy("lock")
    private Script byDefault = DEFAULT;

    @GuardedBy("lock")
    private final Map<Integer, Script> byNumber = new HashMap<>();

    @GuardedBy("lock")
    private final List<Rule> rules = new ArrayList<>();

    @GuardedBy("lock")
    private final Deque<ProviderCall> calls = new ArrayDeque<>();

    @GuardedBy("lock")
    private int asked;

    @GuardedBy("lock")
    private final Set<ScriptedExchange> open = new LinkedHashSet<>();

    @GuardedBy("lock")
    private boolean closed;

    private record Rule(Predicate<ProviderCall> matcher, Script script) {}

    private ScriptedProvider(ProviderId id, Scheduler scheduler) {
        this.id = id;
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.models = List.of(
                ModelInfo.builder(id + "-standard")
                        .capabilities(ModelInfo.Capability.FUNCTIONS)
                        .build(),
                ModelInfo.builder(id + "-fast").tier(ModelInfo.Tier.FAST).build());
    }

    /**
     * {@return a provider with two models, {@code NAME-standard} and {@code NAME-fast}, that answers "ok" after
     * 100 ms}
     *
     * @param name the provider's name
     * @param scheduler runs every step
     */
    public static ScriptedProvider named(String name, Scheduler scheduler) {
        return new ScriptedProvider(ProviderId.of(name), scheduler);
    }

    /**
     * Adds a model to the catalogue; the first one takes the place of the two that are there by default.
     *
     * @param model the model
     * @return this provider
     */
    public ScriptedProvider model(ModelInfo model) {
        synchronized (lock) {
            List<ModelInfo> all = modelsAreDefaults ? new ArrayList<>() : new ArrayList<>(models);
            all.add(Objects.requireNonNull(model, "model"));
            models = List.copyOf(all);
            modelsAreDefaults = false;
        }
        return this;
    }

    /**
     * Sets where sinks are told, from now on; by default on the scheduler's own thread.
     *
     * @param newExecutor runs each step when it is due
     * @return this provider
     */
    public ScriptedProvider deliverOn(Executor newExecutor) {
        synchronized (lock) {
            executor = Objects.requireNonNull(newExecutor, "executor");
        }
        return this;
    }

    /**
     * Sets what happens in exchanges that no number and no matcher has another script for.
     *
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider script(Script script) {
        synchronized (lock) {
            byDefault = Objects.requireNonNull(script, "script");
        }
        return this;
    }

    /**
     * Sets what happens in one exchange, before any matcher is asked.
     *
     * @param number which one, from 1, in the order of {@code open}
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider script(int number, Script script) {
        if (number < 1) {
            throw new IllegalArgumentException("number < 1: " + number);
        }
        synchronized (lock) {
            byNumber.put(number, Objects.requireNonNull(script, "script"));
        }
        return this;
    }

    /**
     * Sets what happens in exchanges that match; of several matchers the first that was added decides.
     *
     * @param matcher tells which
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider script(Predicate<ProviderCall> matcher, Script script) {
        Rule rule = new Rule(Objects.requireNonNull(matcher, "matcher"), Objects.requireNonNull(script, "script"));
        synchronized (lock) {
            rules.add(rule);
        }
        return this;
    }

    @Override
    public ProviderId id() {
        return id;
    }

    @Override
    public List<ModelInfo> catalog() {
        synchronized (lock) {
            return models;
        }
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        Objects.requireNonNull(sink, "sink");
        int number;
        synchronized (lock) {
            checkOpen();
            number = ++asked;
            if (calls.size() == KEPT) {
                calls.removeFirst();
            }
            calls.addLast(call);
        }
        Script script = scriptFor(call, number);
        RuntimeException refusal = script.refusal();
        if (refusal != null) {
            throw refusal;
        }
        ScriptedExchange exchange = create(call, number, script, sink);
        exchange.start();
        return exchange;
    }

    private Script scriptFor(ProviderCall call, int number) {
        List<Rule> candidates;
        Script otherwise;
        synchronized (lock) {
            Script ofNumber = byNumber.get(number);
            if (ofNumber != null) {
                return ofNumber;
            }
            candidates = List.copyOf(rules);
            otherwise = byDefault;
        }
        return candidates.stream()
                .filter(rule -> rule.matcher().test(call))
                .map(Rule::script)
                .findFirst()
                .orElse(otherwise);
    }

    private ScriptedExchange create(ProviderCall call, int number, Script script, ReplySink sink) {
        synchronized (lock) {
            checkOpen();
            ScriptedExchange exchange = new ScriptedExchange(
                    call,
                    script,
                    sink,
                    scheduler,
                    executor,
                    counts.open(call.model().id()),
                    id + "-" + number,
                    this::forget);
            open.add(exchange);
            return exchange;
        }
    }

    @GuardedBy("lock")
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(id + " is closed");
        }
    }

    private void forget(ScriptedExchange exchange) {
        synchronized (lock) {
            open.remove(exchange);
        }
    }

    /** {@return how many exchanges are in flight: opened, not ended and not aborted} */
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

    /** {@return the most exchanges that were ever in flight at once} */
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

    /** {@return how many exchanges were aborted and have not reported their end yet} */
    public int zombies() {
        return counts.zombies();
    }

    /** {@return how many exchanges were opened; a refusal of {@code open} is none} */
    public long opened() {
        return counts.opened();
    }

    /** {@return how many exchanges gave a whole answer and were not aborted before} */
    public long completed() {
        return counts.completed();
    }

    /** {@return how many exchanges failed and were not aborted before} */
    public long failed() {
        return counts.failed();
    }

    /** {@return how many exchanges were aborted before their end} */
    public long aborted() {
        return counts.aborted();
    }

    /**
     * {@return what was asked, in the order of {@code open}, with what was refused there; of very many calls the last
     * ten thousand}
     */
    public List<ProviderCall> calls() {
        synchronized (lock) {
            return List.copyOf(calls);
        }
    }

    /** {@return the exchanges that have not reported their end, one line each, with the call that opened them} */
    public List<String> openExchanges() {
        synchronized (lock) {
            return open.stream().map(ScriptedExchange::toString).toList();
        }
    }

    /** Aborts what is open; a later {@code open} throws. */
    @Override
    public void close() {
        List<ScriptedExchange> left;
        synchronized (lock) {
            closed = true;
            left = List.copyOf(open);
        }
        left.forEach(ScriptedExchange::abort);
    }

    @Override
    public String toString() {
        return "ScriptedProvider[" + id + ": " + counts + "]";
    }
}

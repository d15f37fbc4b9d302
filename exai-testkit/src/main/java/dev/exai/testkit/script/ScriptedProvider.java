package dev.exai.testkit.script;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.error.ProviderException;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import dev.exai.testkit.internal.Playbook;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
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

    private final Playbook<ProviderCall, Script> playbook;

    @GuardedBy("lock")
    private @Nullable RateGate gate;

    @GuardedBy("lock")
    private long refused;

    @GuardedBy("lock")
    private final Set<String> gone = new HashSet<>();

    @GuardedBy("lock")
    private final Deque<ProviderCall> calls = new ArrayDeque<>();

    @GuardedBy("lock")
    private int asked;

    @GuardedBy("lock")
    private final Set<ScriptedExchange> open = new LinkedHashSet<>();

    @GuardedBy("lock")
    private boolean closed;

    private ScriptedProvider(ProviderId id, Scheduler scheduler) {
        this.id = id;
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.playbook = new Playbook<>(DEFAULT, scheduler::nanoTime);
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
        playbook.setDefault(script);
        return this;
    }

    /**
     * Sets what happens in one exchange, before any other rule is asked.
     *
     * @param number which one, from 1, in the order of {@code open}
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider script(int number, Script script) {
        playbook.number(number, script);
        return this;
    }

    /**
     * Sets what happens in exchanges in a row; of all rules that match, the first that was added decides.
     *
     * @param first the first of them, from 1, in the order of {@code open}
     * @param last the last of them
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider script(int first, int last, Script script) {
        playbook.numbers(first, last, script);
        return this;
    }

    /**
     * Sets what happens in exchanges with a model; of all rules that match, the first that was added decides.
     *
     * @param model the model's id
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider script(String model, Script script) {
        playbook.model(model, script);
        return this;
    }

    /**
     * Sets what happens in exchanges that are opened between two moments; of all rules that match, the first that was
     * added decides.
     *
     * @param from the first moment, from now on
     * @param until the moment that is too late, from now on
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider script(Duration from, Duration until, Script script) {
        playbook.between(from, until, script);
        return this;
    }

    /**
     * Sets what happens in exchanges that match; of all rules that match, the first that was added decides.
     *
     * @param matcher tells which
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider script(Predicate<ProviderCall> matcher, Script script) {
        playbook.matching(matcher, script);
        return this;
    }

    /**
     * Sets what happens in some exchanges, decided by the seed and the exchange's number; of all rules that match, the
     * first that was added decides.
     *
     * @param chance how many of them, between 0 and 1
     * @param script what happens
     * @return this provider
     */
    public ScriptedProvider sometimes(double chance, Script script) {
        playbook.sometimes(chance, script);
        return this;
    }

    /**
     * Sets a storm: exchanges in a row are refused at once because too much is asked.
     *
     * @param first the first of them, from 1, in the order of {@code open}
     * @param last the last of them
     * @param retryAfter when to come back, or null to say nothing about it
     * @return this provider
     */
    public ScriptedProvider storm(int first, int last, @Nullable Duration retryAfter) {
        return script(first, last, Script.refuse(name -> Failures.tooManyRequests(name, retryAfter)));
    }

    /**
     * Sets the seed of latencies and of what happens sometimes; 0 by default.
     *
     * @param seed the seed
     * @return this provider
     */
    public ScriptedProvider seed(long seed) {
        playbook.seed(seed);
        return this;
    }

    /**
     * Sets what this provider allows, from now on; before that it allows everything. What is more is refused at once,
     * whatever the scripts say, and counted as {@link #refused} and not as opened.
     *
     * @param model the limits, which are kept on the provider's scheduler
     * @return this provider
     */
    public ScriptedProvider rates(RateModel model) {
        synchronized (lock) {
            gate = model.isUnlimited() ? null : model.gate(scheduler::nanoTime);
        }
        return this;
    }

    /**
     * Takes a model out of the catalogue and refuses what asks it, from now on.
     *
     * @param model the model's id
     * @return this provider
     */
    public ScriptedProvider withdraw(String model) {
        synchronized (lock) {
            gone.add(model);
            models = models.stream().filter(each -> !each.id().equals(model)).toList();
            modelsAreDefaults = false;
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
        ProviderException objection = objection(call);
        if (objection != null) {
            return start(call, number, Script.fail(objection), sink, () -> new ExchangeCounts().open(""));
        }
        Script script = playbook.of(call, number, call.model().id());
        RuntimeException refusal = script.refusal();
        if (refusal != null) {
            throw refusal;
        }
        RateGate.Answer admission = ask(call);
        if (admission != null && admission.refusedBy().isPresent()) {
            ProviderException failure = Failures.limited(
                    id.value(),
                    admission.refusedBy().get(),
                    admission.retryAfter().orElse(null));
            return start(call, number, Script.fail(failure), sink, () -> new ExchangeCounts().open(""));
        }
        Runnable whenOut = admission == null ? () -> {} : admission::release;
        return start(call, number, script, sink, () -> counts.open(call.model().id(), whenOut));
    }

    private @Nullable ProviderException objection(ProviderCall call) {
        synchronized (lock) {
            if (!gone.contains(call.model().id())) {
                return null;
            }
            refused++;
        }
        return Failures.modelGone(id.value());
    }

    private RateGate.@Nullable Answer ask(ProviderCall call) {
        RateGate current;
        synchronized (lock) {
            current = gate;
        }
        if (current == null) {
            return null;
        }
        RateGate.Answer answer =
                current.ask(call.model().id(), ScriptedExchange.promptTokens(call), call.maxOutputTokens());
        if (answer.refusedBy().isPresent()) {
            current.refused();
            synchronized (lock) {
                refused++;
            }
        }
        return answer;
    }

    private ScriptedExchange start(
            ProviderCall call, int number, Script script, ReplySink sink, Supplier<ExchangeCounts.Counted> counted) {
        ScriptedExchange exchange;
        synchronized (lock) {
            checkOpen();
            exchange = new ScriptedExchange(
                    call,
                    script,
                    sink,
                    scheduler,
                    executor,
                    counted.get(),
                    id.value(),
                    number,
                    playbook.chanceOf(number),
                    this::forget);
            open.add(exchange);
        }
        exchange.start();
        return exchange;
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

    /** {@return how many exchanges the rate model refused, or asked a model that was withdrawn; they were not opened} */
    public long refused() {
        synchronized (lock) {
            return refused;
        }
    }

    /** {@return the counts of this provider, overall and by model} */
    public ExchangeCounts counts() {
        return counts;
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

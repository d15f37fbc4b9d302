package dev.exai.testkit;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.call.ToolCall;
import dev.exai.context.Scheduler;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import dev.exai.spi.Provider;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.storm.InvariantChecks;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * A library instance that runs in a simulation, over scripted providers, with the invariants I1 to I12 checked all the
 * time.
 *
 * <pre>{@code
 * try (SimulatedExai simulated = SimulatedExai.withSeed(42, "glm", "kimi")) {
 *   simulated.provider("glm").script(1, Script.opened().hang());
 *   ChatCall hung = simulated.chat("stuck", "glm-fast");
 *   simulated.simulation().runUntil(() -> simulated.provider("glm").inFlight() == 1);
 *   simulated.await(simulated.chat("agent", "glm-fast"), Duration.ofSeconds(1));
 *   hung.cancel("enough");
 * }
 * }</pre>
 *
 * <p>For use by the simulation's own thread.
 */
public final class SimulatedExai implements AutoCloseable {
    private final Simulation simulation;
    private final InvariantChecks checks;
    private final Map<String, ScriptedProvider> providers = new LinkedHashMap<>();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final Exai exai;
    private final ExaiLeaks leaks;
    private boolean closed;

    private SimulatedExai(Simulation simulation, UnaryOperator<Exai.Builder> settings, List<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a library instance needs a provider");
        }
        this.simulation = Objects.requireNonNull(simulation, "simulation");
        this.checks = InvariantChecks.on(simulation);
        for (String name : names) {
            providers.put(
                    name, ScriptedProvider.named(name, simulation.scheduler()).seed(simulation.seed()));
        }
        List<Provider> watched =
                providers.values().stream().map(checks::provider).toList();
        Provider[] others = watched.subList(1, watched.size()).toArray(new Provider[0]);
        this.exai = checks.build(settings.apply(Exai.builder(watched.get(0), others)));
        this.leaks = ExaiLeaks.of(exai, false);
    }

    /**
     * {@return a library instance in a simulation of its own}
     *
     * @param seed decides the order of what happens at the same moment
     * @param providers the names of its providers, each with the models {@code NAME-fast} and {@code NAME-standard}
     */
    public static SimulatedExai withSeed(long seed, String... providers) {
        return in(Simulation.withSeed(seed), providers);
    }

    /**
     * {@return a library instance in a simulation that is there already}
     *
     * @param simulation runs it
     * @param providers the names of its providers, each with the models {@code NAME-fast} and {@code NAME-standard}
     */
    public static SimulatedExai in(Simulation simulation, String... providers) {
        return in(simulation, builder -> builder, providers);
    }

    /**
     * {@return a library instance in a simulation that is there already, with settings}
     *
     * @param simulation runs it
     * @param settings sets limits, listeners and the like; scheduler, executors and seed are the simulation's
     * @param providers the names of its providers, each with the models {@code NAME-fast} and {@code NAME-standard}
     */
    public static SimulatedExai in(Simulation simulation, UnaryOperator<Exai.Builder> settings, String... providers) {
        return new SimulatedExai(simulation, settings, List.of(providers));
    }

    /** {@return the simulation that it runs in} */
    public Simulation simulation() {
        return simulation;
    }

    /** {@return the library instance} */
    public Exai exai() {
        return exai;
    }

    /** {@return what checks the invariants} */
    public InvariantChecks checks() {
        return checks;
    }

    /**
     * {@return a provider, for its scripts and its own counts}
     *
     * @param name its name
     */
    public ScriptedProvider provider(String name) {
        ScriptedProvider found = providers.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no provider '" + name + "', there are " + providers.keySet());
        }
        return found;
    }

    /**
     * {@return a session by its name, the same one each time, until it is closed}
     *
     * @param name its name
     */
    public Session session(String name) {
        return sessions.compute(name, (key, known) -> known != null && known.isOpen() ? known : open(key));
    }

    private Session open(String name) {
        Session opened = exai.openSession(name);
        leaks.mayStay(opened);
        return opened;
    }

    /**
     * Says hello to a model, in a session.
     *
     * @param session the session's name
     * @param model the model
     * @return the call, which is under way and watched
     */
    public ChatCall chat(String session, String model) {
        return checks.watch(
                session(session).chat(ChatRequest.builder("hello").model(model).build()));
    }

    /**
     * Asks a model, in a session.
     *
     * @param session the session's name
     * @param request what to ask
     * @param options how
     * @return the call, which is under way and watched
     */
    public ChatCall chat(String session, ChatRequest request, CallOptions options) {
        return checks.watch(session(session).chat(request, options));
    }

    /**
     * Runs the simulation until a call has ended well.
     *
     * @param call the call
     * @param atMost how much virtual time that may take
     * @param <T> what it returns
     * @return what it returned
     * @throws AssertionError if it has not ended by then, or not well; or an invariant is broken
     */
    public <T> T await(ToolCall<T> call, Duration atMost) {
        Duration begun = simulation.now();
        AtomicBoolean late = new AtomicBoolean();
        Scheduler.Scheduled limit = simulation.scheduler().schedule(atMost, () -> late.set(true));
        simulation.runUntil(() -> call.isDone() || late.get());
        if (!limit.cancel()) {
            simulation.runFor(Duration.ZERO); // what ends at the last moment ends in time
        }
        return call.outcome()
                .filter(CallOutcome.Succeeded.class::isInstance)
                .map(outcome -> ((CallOutcome.Succeeded<T>) outcome).value())
                .orElseThrow(() -> new AssertionError("seed " + simulation.seed() + ": after "
                        + simulation.now().minus(begun) + " of " + atMost + " it has not ended well: " + call));
    }

    /**
     * {@return what is under way or held now, one line each, with its owner and where it was asked for} Sessions that
     * {@link #session} has opened may stay open.
     */
    public List<String> leftovers() {
        List<String> lines = new ArrayList<>(leaks.leftovers());
        providers.forEach((name, provider) ->
                provider.openExchanges().forEach(line -> lines.add("exchange open at " + name + ": " + line)));
        return lines;
    }

    /**
     * Closes the library instance, lets the simulation run to its end, and checks that nothing is left. A call that is
     * still under way is cancelled. May be called twice.
     *
     * @throws AssertionError if an invariant is broken
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        exai.close();
        simulation.run();
        checks.finish();
    }

    @Override
    public String toString() {
        return "SimulatedExai[" + simulation + ", " + exai + "]";
    }
}

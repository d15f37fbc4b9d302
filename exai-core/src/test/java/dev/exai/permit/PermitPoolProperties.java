package dev.exai.permit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * I1, I3, I4, I5: whatever is done to a pool, in whatever order, it grants what the plain model grants, in the same
 * order, and every count equals what its holders add up to. The three properties differ in their number of tries only.
 */
class PermitPoolProperties {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.exai.permit");

    /** One step of a run. */
    interface Step {
        void take(PoolWorld world);
    }

    record Open(String session, int weight) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.open(session, weight);
        }
    }

    record Close(String session) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.close(session);
        }
    }

    record Request(String session, String provider, String model, int tokens, int seconds, boolean throwing)
            implements Step {
        @Override
        public void take(PoolWorld world) {
            world.request(session, provider, model.isEmpty() ? null : model, tokens, seconds, throwing);
        }
    }

    record RequestAgain(int index, String provider, boolean child) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.requestAgain(index, provider, child);
        }
    }

    record TryAcquire(String session, String provider, String model, int tokens) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.tryAcquire(session, provider, model.isEmpty() ? null : model, tokens);
        }
    }

    record Congested(int index) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.congested(index);
        }
    }

    record Settle(int index, int tokens) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.settle(index, tokens);
        }
    }

    record Drop(int index) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.drop(index);
        }
    }

    record End(int index) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.end(index);
        }
    }

    record Advance(int seconds) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.advance(seconds);
        }
    }

    record Resize(int glm, int kimi, int global, int session, int ofAir, int atEach) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.resize(glm, kimi, global, session, ofAir, atEach);
        }
    }

    record Pause(String provider, int seconds) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.pause(provider, seconds);
        }
    }

    record Resume(String provider) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.resume(provider);
        }
    }

    record Executor(PoolWorld.Mode mode) implements Step {
        @Override
        public void take(PoolWorld world) {
            world.mode(mode);
        }
    }

    record RunDelayed() implements Step {
        @Override
        public void take(PoolWorld world) {
            world.runDelayed();
        }
    }

    @BeforeContainer
    static void expectListenersThatThrow() {
        LOG.setLevel(Level.OFF);
    }

    @AfterContainer
    static void expectNothing() {
        LOG.setLevel(null);
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void pool_anySteps_doesAsTheModel(@ForAll("limits") PermitLimits limits, @ForAll("steps") List<Step> steps) {
        compare(limits, steps);
    }

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
    @Tag("ci")
    void pool_anyStepsOften_doesAsTheModel(@ForAll("limits") PermitLimits limits, @ForAll("steps") List<Step> steps) {
        compare(limits, steps);
    }

    @Property(tries = 100_000, edgeCases = EdgeCasesMode.NONE)
    @Tag("deep")
    void pool_anyStepsForLong_doesAsTheModel(@ForAll("limits") PermitLimits limits, @ForAll("steps") List<Step> steps) {
        compare(limits, steps);
    }

    private static void compare(PermitLimits limits, List<Step> steps) {
        PoolWorld world = new PoolWorld(limits);
        for (Step step : steps) {
            step.take(world);
            world.check();
        }
        world.finish();
    }

    @Provide
    Arbitrary<PermitLimits> limits() {
        Arbitrary<Integer> units = Arbitraries.integers().between(1, 4);
        Arbitrary<PermitLimits.Builder> levels = Combinators.combine(
                        units,
                        units,
                        units,
                        Arbitraries.integers().between(1, 12),
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.integers().between(2, 12))
                .as((glm, kimi, other, global, session, newcomer, bypass, queue) -> PermitLimits.builder()
                        .provider("glm", glm)
                        .provider("kimi", kimi)
                        .otherProviders(other)
                        .global(global)
                        .session(session)
                        .newcomerUnit(newcomer)
                        .bypassFactor(bypass)
                        .maxQueuedPerSession(queue)
                        .maxQueued(2 * queue));
        Arbitrary<Integer> seldom = Arbitraries.of(0, 0, 0, 1, 2);
        return Combinators.combine(levels, seldom, seldom, seldom, budgets(), units)
                .as((builder, ofPlus, ofEach, atEach, budget, floor) -> {
                    if (ofPlus > 0) {
                        builder.model("glm", "plus", ofPlus);
                    }
                    if (ofEach > 0) {
                        builder.eachModel("kimi", ofEach);
                    }
                    if (atEach > 0) {
                        builder.sessionAtEachProvider(atEach).sessionAt("kimi", 1);
                    }
                    budget.ifPresent(value -> builder.rate("glm", value));
                    return builder.ceilingFloor(floor)
                            .ceilingProbe(Duration.ofSeconds(20))
                            .build();
                });
    }

    private static Arbitrary<Optional<RateBudget>> budgets() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(20, 120),
                        Arbitraries.of(RateBudget.Charge.values()),
                        Arbitraries.of(true, false, false))
                .as((requests, tokens, charge, there) -> there
                        ? Optional.of(RateBudget.builder()
                                .requestsPerMinute(requests)
                                .tokensPerMinute(tokens)
                                .tokens(2L * tokens, Duration.ofMinutes(4))
                                .charge(charge)
                                .build())
                        : Optional.empty());
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> session = Arbitraries.of(PoolWorld.SESSIONS);
        Arbitrary<String> provider =
                Arbitraries.frequency(Tuple.of(5, "glm"), Tuple.of(3, "kimi"), Tuple.of(1, "other"));
        Arbitrary<Integer> index = Arbitraries.integers().between(0, 40);
        Arbitrary<Integer> seconds = Arbitraries.of(1, 5, 60, 200, 299, 300, 301, 900);
        Arbitrary<PoolWorld.Mode> mode = Arbitraries.frequency(
                Tuple.of(6, PoolWorld.Mode.RUN),
                Tuple.of(2, PoolWorld.Mode.DELAY),
                Tuple.of(1, PoolWorld.Mode.DROP),
                Tuple.of(1, PoolWorld.Mode.REJECT),
                Tuple.of(1, PoolWorld.Mode.THROW));
        Arbitrary<Boolean> seldom = Arbitraries.frequency(Tuple.of(12, false), Tuple.of(1, true));
        Arbitrary<String> model = Arbitraries.of("", "air", "plus");
        Arbitrary<Integer> tokens = Arbitraries.of(0, 0, 5, 20, 50, 1000);
        Arbitrary<Step> request = Combinators.combine(session, provider, model, tokens, seconds, seldom)
                .as(Request::new);
        Arbitrary<Step> end = index.map(End::new);
        Arbitrary<Step> step = Arbitraries.frequencyOf(
                Tuple.of(12, request),
                Tuple.of(8, end),
                Tuple.of(
                        3, Combinators.combine(session, provider, model, tokens).as(TryAcquire::new)),
                Tuple.of(1, index.map(Congested::new)),
                Tuple.of(1, Combinators.combine(index, tokens).as(Settle::new)),
                Tuple.of(1, index.map(Drop::new)),
                Tuple.of(2, seconds.map(Advance::new)),
                Tuple.of(
                        2,
                        Combinators.combine(session, Arbitraries.integers().between(1, 3))
                                .as(Open::new)),
                Tuple.of(1, session.map(Close::new)),
                Tuple.of(1, Combinators.combine(index, provider, seldom).as(RequestAgain::new)),
                Tuple.of(
                        1,
                        Combinators.combine(
                                        Arbitraries.integers().between(1, 4),
                                        Arbitraries.integers().between(1, 4),
                                        Arbitraries.integers().between(1, 12),
                                        Arbitraries.integers().between(1, 5),
                                        Arbitraries.of(0, 0, 1, 2),
                                        Arbitraries.of(1, 2, 3, 5))
                                .as(Resize::new)),
                Tuple.of(1, Combinators.combine(provider, seconds).as(Pause::new)),
                Tuple.of(1, provider.map(Resume::new)),
                Tuple.of(1, mode.map(Executor::new)),
                Tuple.of(1, Arbitraries.of(new RunDelayed())));
        return step.list().ofMinSize(1).ofMaxSize(80);
    }
}

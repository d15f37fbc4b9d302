package dev.exai.testkit.storm;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.ToolCall;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.SessionClosedException;
import dev.exai.message.Chunk;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A whole system in a storm, on one thread and in virtual time, all of it made up by a seed: sessions that chat, run tools,
 * cancel, close and come back; two providers that hang, fail, refuse, trickle and ignore; limits that change; a selector
 * that is slow or fails. {@link InvariantChecks} look on.
 *
 * <pre>{@code
 * FaultStorm.Report report = FaultStorm.withSeed(42).sessions(5).calls(1_000).run();
 * System.out.println(report);
 * }</pre>
 *
 * <p>Not safe for use by several threads; any number of storms may run side by side, each on a thread of its own.
 */
public final class FaultStorm {
    private static final int MOST_SESSIONS = 200;
    private static final int DEFAULT_CALLS = 2_000;

    private static final Duration BETWEEN_RESIZES = Duration.ofSeconds(60);
    private static final int MOST_STEPS_A_CALL = 1_000;

    private final long seed;
    private final Simulation simulation;
    private final Random chance;
    private int sessions;
    private int calls = DEFAULT_CALLS;
    private int auditEvery = 1_000;

    private FaultStorm(long seed) {
        this.seed = seed;
        this.simulation = Simulation.withSeed(seed);
        this.chance = simulation.random();
        this.sessions = manyOrFew();
    }

    /** From 2 to 200, with as many storms of 2 to 6 as of 60 to 200. */
    private int manyOrFew() {
        double share = chance.nextDouble();
        return (int) Math.min(MOST_SESSIONS, Math.round(2 * Math.pow(MOST_SESSIONS / 2.0, share)));
    }

    /**
     * {@return a storm that has not begun, of 2,000 calls}
     *
     * @param seed decides everything, and how many sessions there are, from 2 to 200
     */
    public static FaultStorm withSeed(long seed) {
        return new FaultStorm(seed);
    }

    /**
     * Sets how many sessions are open at a time.
     *
     * @param count 1 or more
     * @return this storm
     */
    public FaultStorm sessions(int count) {
        sessions = atLeastOne("sessions", count);
        return this;
    }

    /**
     * Sets how many calls are made, but for those that tools make.
     *
     * @param count 1 or more
     * @return this storm
     */
    public FaultStorm calls(int count) {
        calls = atLeastOne("calls", count);
        return this;
    }

    /**
     * Sets after how many events everything is counted again; 1,000 by default.
     *
     * @param events 1 or more
     * @return this storm
     */
    public FaultStorm auditEvery(int events) {
        auditEvery = atLeastOne("auditEvery", events);
        return this;
    }

    private static int atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " < 1: " + value);
        }
        return value;
    }

    /** {@return the simulation that it runs in, for its trace} */
    public Simulation simulation() {
        return simulation;
    }

    /**
     * Lets it rage until every call has ended.
     *
     * @return what happened
     * @throws AssertionError if an invariant is broken: the cause is the {@link InvariantBroken}, and the message names the
     *     seed
     * @throws IllegalStateException if it has run before
     */
    public Report run() {
        if (simulation.steps() > 0) {
            throw new IllegalStateException("a storm runs once: make another one with the same seed");
        }
        simulation.maxSteps(MOST_STEPS_A_CALL * (calls + 1_000L));
        try {
            return new World().play();
        } catch (InvariantBroken left) {
            throw failure(left.getMessage(), left);
        } catch (AssertionError failed) {
            throw failure(failed.getMessage(), failed.getCause() == null ? failed : failed.getCause());
        }
    }

    private AssertionError failure(@Nullable String message, Throwable cause) {
        return new AssertionError(
                "FaultStorm.withSeed(" + seed + "L).sessions(" + sessions + ").calls(" + calls + "): " + message,
                cause);
    }

    /** The system, and what its users do. */
    private final class World {
        private final InvariantChecks checks = InvariantChecks.on(simulation)
                .auditEvery(auditEvery)
                .secret(StormWeather.CONTENT)
                .secret(StormWeather.ANSWER);
        private final StormWeather weather = new StormWeather(chance);
        private final PermitLimits limits = weather.limits();
        private final Exai exai;
        private final double millisBetweenCalls;
        private final StormTools tools = new StormTools(simulation, checks, weather);
        private final ScriptedProvider kimi;
        private final List<Session> open = new ArrayList<>();
        private int made;

        World() {
            ScriptedProvider glm = ScriptedProvider.named("glm", simulation.scheduler());
            kimi = ScriptedProvider.named("kimi", simulation.scheduler());
            weather.over(glm);
            weather.over(kimi);
            exai = checks.build(Exai.builder(checks.provider(glm), checks.provider(kimi))
                    .limits(limits)
                    .resilience(weather.resilience())
                    .modelSelector(new StormSelector(simulation, checks, weather.hasCircuits())));
            millisBetweenCalls = weather.millisBetweenCalls(Math.min(limits.global(), sessions * limits.session()));
        }

        Report play() {
            for (int i = 0; i < sessions; i++) {
                open.add(exai.openSession(weather.session("s" + i)));
            }
            callLater();
            later(BETWEEN_RESIZES, this::resize);
            boolean closesEarly = chance.nextInt(10) == 0;
            simulation.runUntil(() -> made >= calls);
            if (!closesEarly) {
                simulation.run();
            }
            exai.close();
            simulation.run();
            checks.finish();
            weather.checkBudget(kimi);
            return new Report(FaultStorm.this, checks);
        }

        private void later(Duration delay, Runnable action) {
            simulation.scheduler().schedule(delay, action);
        }

        /** One call, then, some time later, the next; now and then several at once. */
        private void callLater() {
            long millis = Math.round(-Math.log(1 - chance.nextDouble()) * millisBetweenCalls);
            later(Duration.ofMillis(millis), () -> {
                for (int i = chance.nextInt(20) == 0 ? 10 : 1; i > 0 && made < calls; i--) {
                    made++;
                    call();
                }
                if (made < calls) {
                    callLater();
                }
            });
        }

        private void resize() {
            if (made < calls) {
                exai.resize(weather.changed(exai.limits()));
                later(BETWEEN_RESIZES, this::resize);
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // the continuation sees both ends
        private void call() {
            int index = chance.nextInt(open.size());
            Session session = open.get(index);
            if (chance.nextInt(200) == 0) {
                checks.close(session);
                checkRefuses(session);
                session = exai.openSession(weather.session("s" + index));
                open.set(index, session);
            }
            ToolCall<?> call = chance.nextInt(8) == 0
                    ? session.submit(tools.draw(), "", weather.options())
                    : session.chat(weather.request(), weather.options());
            checks.watch(call);
            if (chance.nextInt(3) == 0) {
                checks.listenTo(call);
                if (chance.nextInt(8) == 0) {
                    call.addListener(new Hasty(call));
                }
            }
            if (chance.nextInt(8) == 0) {
                later(weather.some(30_000), () -> cancel(call));
            }
            if (chance.nextInt(8) == 0) {
                call.toCompletableFuture().whenComplete((value, failure) -> {
                    checks.userCode("a continuation", call.sessionId());
                    simulation.note(ending(call));
                });
            }
        }

        /** The end in words that are the same in each run: no id of the process. */
        private String ending(ToolCall<?> call) {
            checkResolving(call);
            return call.sessionId() + " " + call.state();
        }

        /** I13: a selection that hangs is given up long before these calls are. */
        private void checkResolving(ToolCall<?> call) {
            call.outcome().ifPresent(outcome -> {
                if (outcome instanceof CallOutcome.DeadlineExceeded<?> late
                        && late.failure().stage() == DeadlineExceededException.Stage.RESOLVING
                        && late.failure().budget().compareTo(Duration.ofSeconds(60)) > 0) {
                    checks.broken(
                            "I13",
                            call.id(),
                            "it waited for its model for " + late.failure().budget());
                }
            });
        }

        private void checkRefuses(Session closed) {
            try {
                ChatCall call = closed.chat(weather.request(), weather.options());
                checks.broken("I9", call.id(), "it was taken by a session that is closed");
            } catch (SessionClosedException expected) {
                simulation.note(closed.id() + " closed");
            }
        }

        private void cancel(ToolCall<?> call) {
            if (chance.nextInt(4) == 0) {
                checks.cancelByFuture(call);
            } else {
                checks.cancel(call, "by chance");
            }
        }

        /** Has seen enough at the first piece. */
        private final class Hasty implements CallListener<Object> {
            private final ToolCall<?> call;
            private boolean hasSeen;

            Hasty(ToolCall<?> call) {
                this.call = call;
            }

            @Override
            public void chunk(Chunk chunk) {
                if (!hasSeen) {
                    hasSeen = true;
                    simulation.executor().execute(() -> cancel(call));
                }
            }
        }
    }

    /** What happened in a storm. Immutable. */
    public static final class Report {
        private final long seed;
        private final int sessions;
        private final long calls;
        private final Map<CallState, Long> ends = new EnumMap<>(CallState.class);
        private final long events;
        private final long audits;
        private final long steps;
        private final Duration virtualTime;
        private final long traceHash;

        private Report(FaultStorm storm, InvariantChecks checks) {
            this.seed = storm.seed;
            this.sessions = storm.sessions;
            this.calls = checks.endedCalls();
            for (CallState state : CallState.values()) {
                ends.put(state, checks.endedCalls(state));
            }
            this.events = checks.events();
            this.audits = checks.audits();
            this.steps = storm.simulation.steps();
            this.virtualTime = storm.simulation.now();
            this.traceHash = storm.simulation.traceHash();
        }

        /** {@return the seed} */
        public long seed() {
            return seed;
        }

        /** {@return how many sessions were open at a time} */
        public int sessions() {
            return sessions;
        }

        /** {@return how many calls began and ended, with those that tools made} */
        public long calls() {
            return calls;
        }

        /**
         * {@return how many of the calls ended so}
         *
         * @param state a terminal state
         */
        public long calls(CallState state) {
            return ends.getOrDefault(state, 0L);
        }

        /** {@return how many events of the library were checked} */
        public long events() {
            return events;
        }

        /** {@return how often everything was counted again} */
        public long audits() {
            return audits;
        }

        /** {@return how many tasks of the simulation ran, each with its checks} */
        public long steps() {
            return steps;
        }

        /** {@return how much virtual time passed} */
        public Duration virtualTime() {
            return virtualTime;
        }

        /** {@return the hash of the whole trace: the same for the same seed} */
        public long traceHash() {
            return traceHash;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Report that && toString().equals(that.toString());
        }

        @Override
        public int hashCode() {
            return Objects.hash(seed, traceHash);
        }

        @Override
        public String toString() {
            return "storm of seed " + seed + ": " + sessions + " sessions, " + calls + " calls, " + events + " events, "
                    + audits + " audits, " + steps + " tasks, " + virtualTime + ", trace "
                    + Long.toHexString(traceHash);
        }
    }
}

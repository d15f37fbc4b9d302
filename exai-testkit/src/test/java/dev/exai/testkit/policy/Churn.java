package dev.exai.testkit.policy;

import dev.exai.testkit.time.Simulation;
import java.time.Duration;

/**
 * A provider that new sessions come to without end, one call each, so that some always wait; and an old session that asks
 * again and again, while it holds a number of units throughout.
 */
record Churn(int limit, int held) {
    private static final int BYPASS_FACTOR = 2;

    /** How often the old session got its turn, and how many later arrivals overtook it at most before one. */
    record Outcome(int turns, int mostOvertakes) {}

    int bound() {
        return BYPASS_FACTOR * limit;
    }

    Outcome play(Simulation simulation, Duration length) {
        Play play = new Play(simulation, Policy.pool(limit, true, simulation.scheduler()));
        for (int i = 0; i < Math.min(held, limit - 1); i++) {
            play.policy.ask("old", giveBack -> {});
        }
        play.askAsTheOldOne();
        play.newSession();
        simulation.maxSteps(5_000_000).runFor(length);
        return new Outcome(play.turns, play.most);
    }

    @Override
    public String toString() {
        return "limit " + limit + ", the old one holds " + Math.min(held, limit - 1);
    }

    private final class Play {
        private final Simulation simulation;
        private final Policy policy;
        private int asked;
        private int waiting;
        private int askedBeforeTheOldOne;
        private int overtakes;
        private int turns;
        private int most;

        Play(Simulation simulation, Policy policy) {
            this.simulation = simulation;
            this.policy = policy;
        }

        void askAsTheOldOne() {
            askedBeforeTheOldOne = asked;
            overtakes = 0;
            policy.ask("old", giveBack -> {
                turns++;
                most = Math.max(most, overtakes);
                overtakes = Integer.MIN_VALUE; // it does not wait now
                later(500 + simulation.random().nextInt(2_000), () -> {
                    giveBack.run();
                    askAsTheOldOne();
                });
            });
        }

        /** Comes, asks once, and is soon followed by the next. */
        void newSession() {
            if (waiting < 3 * limit) {
                int number = ++asked;
                waiting++;
                policy.ask("new-" + number, giveBack -> {
                    waiting--;
                    if (number > askedBeforeTheOldOne) {
                        overtakes++;
                    }
                    later(1_000 + simulation.random().nextInt(4_000), giveBack);
                });
            }
            later(simulation.random().nextInt(4_000 / limit), this::newSession);
        }

        private void later(long millis, Runnable task) {
            simulation.scheduler().schedule(Duration.ofMillis(millis), task);
        }
    }
}

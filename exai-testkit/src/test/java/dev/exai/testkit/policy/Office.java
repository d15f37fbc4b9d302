package dev.exai.testkit.policy;

import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Sessions that share one provider for some virtual hours: greedy ones keep 20 calls going of 40 s at the median and
 * 180 s at most, interactive ones make a call of 2 to 8 s, think for half a minute and make the next.
 */
final class Office {
    private static final Duration WARM_UP = Duration.ofMinutes(10);
    private static final Duration LENGTH = Duration.ofHours(24);
    private static final int CALLS_OF_A_GREEDY = 20;

    private final Simulation simulation;
    private final int limit;
    private final Policy policy;
    private final List<Long> waitsMillis = new ArrayList<>();
    private double busyMillis;

    private Office(Simulation simulation, int limit, Policy policy) {
        this.simulation = simulation;
        this.limit = limit;
        this.policy = policy;
    }

    /** Plays a day, and returns the waits of the interactive sessions and the use of the provider. */
    static String play(Simulation simulation, Policy policy, int limit, int greedy, int interactive) {
        Office office = new Office(simulation, limit, policy);
        for (int i = 0; i < greedy; i++) {
            String session = "greedy-" + i;
            for (int n = 0; n < CALLS_OF_A_GREEDY; n++) {
                office.keepCalling(session, new Random(simulation.seed() * 1_000 + i * 100 + n));
            }
        }
        for (int i = 0; i < interactive; i++) {
            String session = "interactive-" + i;
            Random random = new Random(simulation.seed() * 1_000 + 900 + i);
            office.later(WARM_UP.toMillis() + random.nextInt(60_000), () -> office.converse(session, random));
        }
        simulation.maxSteps(5_000_000).runFor(LENGTH);
        return office.report();
    }

    private void keepCalling(String session, Random random) {
        policy.ask(session, giveBack -> {
            double seconds = Math.min(180, 40 * StrictMath.exp(0.7 * random.nextGaussian()));
            run(Math.round(seconds * 1_000), giveBack, () -> keepCalling(session, random));
        });
    }

    private void converse(String session, Random random) {
        Duration asked = simulation.now();
        policy.ask(session, giveBack -> {
            waitsMillis.add(simulation.now().minus(asked).toMillis());
            run(2_000 + random.nextInt(6_000), giveBack, () -> {
                long thought = Math.round(-30_000 * StrictMath.log(1 - random.nextDouble()));
                later(thought, () -> converse(session, random));
            });
        });
    }

    private void run(long millis, Runnable giveBack, Runnable then) {
        long start = simulation.now().toMillis();
        long end = Math.min(start + millis, LENGTH.toMillis());
        busyMillis += Math.max(0, end - Math.max(start, WARM_UP.toMillis()));
        later(millis, () -> {
            giveBack.run();
            then.run();
        });
    }

    private void later(long millis, Runnable task) {
        simulation.scheduler().schedule(Duration.ofMillis(millis), task);
    }

    private String report() {
        Collections.sort(waitsMillis);
        double use = busyMillis / ((double) limit * LENGTH.minus(WARM_UP).toMillis());
        return String.format(
                Locale.ROOT,
                "p50 %6.1f s  p95 %6.1f s  max %6.1f s  use %.2f  calls %5d",
                percentile(50),
                percentile(95),
                percentile(100),
                use,
                waitsMillis.size());
    }

    private double percentile(int percent) {
        int index = (int) Math.ceil(waitsMillis.size() * percent / 100.0) - 1;
        return waitsMillis.get(index) / 1_000.0;
    }
}

package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.permit.RacePair.Waiter;
import dev.exai.permit.RaceScene.Scarce;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pairs of {@link PermitPoolRaceTest} with threads that run freely: what must hold, holds however they meet. */
@DisplayName("I1, I5, I7, I9: two threads that meet as they will, nothing is lost and all is told once")
@Timeout(1800)
class PermitPoolRaceStress {
    private static final int MOST_NANOS = 20_000;

    private final long seed = Long.getLong("exai.seed", System.nanoTime());
    private final Rival rival = new Rival();

    PermitPoolRaceStress() {
        rival.start();
    }

    static List<RacePair> pairs() {
        return RacePair.all();
    }

    @AfterEach
    void stop() throws InterruptedException {
        rival.over = true;
        LockSupport.unpark(rival);
        rival.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(rival.isAlive()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void pair_aHundredRounds_allIsBackAndToldOnce(RacePair pair) {
        race(pair, 100);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    @Tag("ci")
    void pair_thousandsOfRounds_allIsBackAndToldOnce(RacePair pair) {
        race(pair, 2_000);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    @Tag("deep")
    void pair_twentyThousandRounds_allIsBackAndToldOnce(RacePair pair) {
        race(pair, 20_000);
    }

    private void race(RacePair pair, int rounds) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Waiter> waiters = List.copyOf(pair.waiters);
        Scarce[] levels = Scarce.values();
        for (int round = 0; round < rounds; round++) {
            Scarce scarce = levels[random.nextInt(levels.length)];
            Waiter waiter = waiters.get(random.nextInt(waiters.size()));
            Delays delays = new Delays(random.split());
            RaceScene scene = new RaceScene(scarce, pair.hasty, waiter == Waiter.THREAD, delays.stamps, delays);
            try {
                pair.before.accept(scene);
                delays.on = true;
                meet(
                        () -> pair.first.accept(scene),
                        random.nextInt(MOST_NANOS),
                        () -> pair.second.accept(scene),
                        random.nextInt(MOST_NANOS));
                delays.on = false;
                assertThat(pair.outcome(scene)).isIn(pair.outcomes);
                scene.assertWholeThenEndAll();
            } catch (Throwable e) {
                throw new AssertionError(
                        pair + ", " + scarce + " scarce, waiter a " + waiter + ", round " + round + ", -Dexai.seed="
                                + seed + "\n" + scene,
                        e);
            }
        }
    }

    /** Runs one thing here and another on the rival's thread, from the same moment on. */
    private void meet(Runnable here, int delayHere, Runnable there, int delayThere) {
        AtomicInteger missing = new AtomicInteger(2);
        rival.task = () -> {
            setOff(missing, delayThere);
            there.run();
        };
        LockSupport.unpark(rival);
        try {
            setOff(missing, delayHere);
            here.run();
        } finally {
            RaceSweep.await(() -> rival.task == null, rival);
            Thread.interrupted(); // the rival may have interrupted this thread
        }
        Throwable thrown = rival.thrown;
        if (thrown != null) {
            throw new AssertionError("the rival threw", thrown);
        }
    }

    /** Returns on both threads at the same moment, as nearly as that can be had, and then after the delay. */
    private static void setOff(AtomicInteger missing, int delay) {
        missing.decrementAndGet();
        for (int i = 1; missing.get() > 0; i++) {
            if (i % 1_000 == 0) {
                Thread.yield(); // there may be fewer processors than threads
            } else {
                Thread.onSpinWait();
            }
        }
        spin(delay);
    }

    private static void spin(int nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    /** Now and then holds a thread up for a little at a step, so that there is something to come in on. */
    private static final class Delays implements Probe {
        final RaceStamps stamps = new RaceStamps();
        private final SplittableRandom random;
        private volatile boolean on;

        Delays(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public void at(Step step) {
            if (on) {
                int nanos;
                synchronized (random) {
                    nanos = random.nextInt(4) == 0 ? random.nextInt(MOST_NANOS) : 0;
                }
                spin(nanos);
            }
            stamps.leaves(step);
        }
    }

    /** The thread of the second of a pair. */
    private static final class Rival extends Thread {
        private volatile @Nullable Runnable task;
        private volatile @Nullable Throwable thrown;
        private volatile boolean over;

        Rival() {
            super("rival");
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!over) {
                Runnable next = task;
                if (next == null) {
                    LockSupport.park();
                    continue;
                }
                try {
                    next.run();
                } catch (Throwable e) {
                    thrown = e;
                }
                task = null;
            }
        }
    }
}

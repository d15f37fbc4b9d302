package dev.exai.examples.benchmarks;

import dev.exai.context.CallContext;
import dev.exai.permit.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Threads with a session each take and give back permits of one provider, of which there are enough for all. */
final class SharedProvider {
    private static final int ENOUGH = 64;
    private static final int PER_SESSION = 4;

    private SharedProvider() {}

    static List<Figure> figures(Scale scale) throws Exception {
        List<Figure> figures = new ArrayList<>();
        for (int threads : new int[] {1, 2, 8}) {
            try (Side semaphores = new OfSemaphores(threads);
                    Side ours = new OfPool(threads)) {
                Figure figure = Figure.of(
                        "acquire + release, " + (threads == 1 ? "1 thread" : threads + " threads with own sessions"),
                        "three fair Semaphores",
                        Paired.compare(semaphores, ours, scale.turns()));
                figures.add(threads == 1 ? figure : figure.within(Figure.Bound.RATIO, 1.5, 1.0));
            }
        }
        return figures;
    }

    private static final class OfSemaphores extends Crew {
        private final Semaphore global = new Semaphore(ENOUGH, true);
        private final Semaphore provider = new Semaphore(ENOUGH, true);
        private final Semaphore[] sessions;

        OfSemaphores(int threads) {
            super(threads);
            sessions = new Semaphore[threads];
            for (int i = 0; i < threads; i++) {
                sessions[i] = new Semaphore(PER_SESSION, true);
            }
        }

        @Override
        void repeat(int thread, int times) throws InterruptedException {
            Semaphore session = sessions[thread];
            for (int i = 0; i < times; i++) {
                global.acquire();
                provider.acquire();
                session.acquire();
                session.release();
                provider.release();
                global.release();
            }
        }
    }

    private static final class OfPool extends Crew {
        private final Fixture fixture;
        private final CallContext[] contexts;

        OfPool(int threads) {
            super(threads);
            fixture = new Fixture(
                    Fixture.limits(ENOUGH).global(ENOUGH).session(PER_SESSION).build(), threads);
            contexts = fixture.contexts(threads);
        }

        @Override
        void repeat(int thread, int times) throws InterruptedException {
            CallContext context = contexts[thread];
            for (int i = 0; i < times; i++) {
                try (Permit permit = fixture.pool.acquire(fixture.paths[thread], context)) {
                    permit.ensureHeld();
                }
            }
        }

        @Override
        public void close() {
            super.close();
            fixture.close();
        }
    }
}

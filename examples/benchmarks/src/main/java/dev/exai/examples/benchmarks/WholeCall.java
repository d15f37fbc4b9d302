package dev.exai.examples.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.exai.Exai;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the library itself takes of a call: chat, resolve, permit, provider, reply, all on the caller's thread, with a
 * provider that costs nothing; with one session open, and with many that take turns.
 */
final class WholeCall {
    private static final int BATCH = 64;
    private static final double MOST_NANOS = 10_000;
    private static final double MOST_BYTES = 4_096;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private WholeCall() {}

    static List<Figure> figures(Scale scale) throws Exception {
        try (Calls one = new Calls(1);
                Calls many = new Calls(scale.sessions())) {
            Paired.Result times = Paired.compare(one, many, scale.turns());
            String ofMany = String.format(Locale.ROOT, "the whole call, %,d sessions in turn", scale.sessions());
            double bytesOfOne = one.bytes();
            double bytesOfMany = many.bytes();
            return List.of(
                    Figure.alone(
                                    "the whole call, in-process provider on the caller's thread",
                                    "ns",
                                    times.reference().median())
                            .within(Figure.Bound.COST, MOST_NANOS, Double.NaN),
                    Figure.of(ofMany, "1 session", times).within(Figure.Bound.COST, MOST_NANOS, Double.NaN),
                    Figure.alone("allocated for the whole call", "B", bytesOfOne)
                            .within(Figure.Bound.COST, MOST_BYTES, Double.NaN),
                    Figure.of(
                                    "allocated for " + ofMany,
                                    "1 session",
                                    "B",
                                    bytesOfOne,
                                    bytesOfMany,
                                    Spread.of(bytesOfMany / bytesOfOne))
                            .within(Figure.Bound.COST, MOST_BYTES, Double.NaN));
        }
    }

    private static final class Calls implements Side {
        private final Exai exai;
        private final Session[] sessions;
        private final ChatRequest request =
                ChatRequest.builder("hello").model("m").build();
        private int turn;

        Calls(int count) {
            exai = Exai.builder(new InstantProvider(true))
                    .executor(Runnable::run)
                    .effectsExecutor(Runnable::run)
                    .limits(PermitLimits.builder().provider("instant", 3).build())
                    .build();
            sessions = new Session[count];
            for (int i = 0; i < count; i++) {
                sessions[i] = exai.openSession("benchmark");
            }
        }

        private void call() throws InterruptedException {
            turn = turn + 1 == sessions.length ? 0 : turn + 1;
            sessions[turn].chat(request).await();
        }

        @Override
        public Sample work(long nanos) throws InterruptedException {
            long begin = System.nanoTime();
            long operations = 0;
            long taken;
            do {
                for (int i = 0; i < BATCH; i++) {
                    call();
                }
                operations += BATCH;
                taken = System.nanoTime() - begin;
            } while (taken < nanos);
            return new Sample(Math.max(1, taken), operations);
        }

        /** {@return how much a call allocates on its thread, where all of it happens but the timer's part}. */
        double bytes() throws InterruptedException {
            int calls = Math.max(sessions.length, 1_000);
            List<Double> all = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < calls; i++) {
                    call();
                }
                all.add((double) (THREADS.getCurrentThreadAllocatedBytes() - before) / calls);
            }
            return Spread.of(all.stream().mapToDouble(Double::doubleValue).toArray())
                    .median();
        }

        @Override
        public void close() {
            exai.close();
        }
    }
}

package dev.exai.examples.benchmarks;

import dev.exai.context.CallContext;
import dev.exai.error.ExaiException;
import dev.exai.permit.Permit;
import dev.exai.permit.PermitRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Many requests wait, and are granted one after the other: each by the release of the one before. The releases are made
 * from a loop, on one thread, on both sides, since Failsafe would nest them.
 */
final class LongQueue {
    /** What a window times. */
    enum Phase {
        /** Joining the queue. */
        JOIN,
        /** Release and grant. */
        GRANT
    }

    private LongQueue() {}

    /** {@return what a place in a long queue costs, and a grant out of it, beside one Failsafe bulkhead} */
    static List<Figure> besideFailsafe(Scale scale) throws Exception {
        String size = String.format(Locale.ROOT, "%,d requests of %,d sessions", scale.waiters(), scale.sessions());
        List<Figure> figures = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            try (Side failsafe = new OfFailsafe(scale.waiters(), phase);
                    Side ours = new OfPool(scale.sessions(), scale.waiters(), 1, scale.waiters(), phase)) {
                String what = (phase == Phase.JOIN ? "join a queue, to " : "release + grant, of ") + size;
                Figure figure =
                        Figure.of(what, "one Failsafe bulkhead's queue", Paired.compare(failsafe, ours, scale.turns()));
                figures.add(phase == Phase.JOIN ? figure : figure.within(Figure.Bound.RATIO, 1.5, 0.8));
            }
        }
        return figures;
    }

    /** {@return what a grant costs where many sessions wait, beside few sessions with as many requests} */
    static List<Figure> manySessions(Scale scale) throws Exception {
        List<Figure> figures = new ArrayList<>();
        for (int limit : new int[] {1, 8}) {
            try (Side few = new OfPool(8, scale.backlog(), limit, scale.backlog() / 2, Phase.GRANT);
                    Side many =
                            new OfPool(scale.backlogged(), scale.backlog(), limit, scale.backlog() / 2, Phase.GRANT)) {
                String what = String.format(
                        Locale.ROOT,
                        "release + grant, %,d sessions backlogged, provider limit %d",
                        scale.backlogged(),
                        limit);
                figures.add(Figure.of(what, "8 sessions backlogged", Paired.compare(few, many, scale.turns()))
                        .within(Figure.Bound.RATIO, 2.0, 1.2));
            }
        }
        return figures;
    }

    /** Fills and drains a queue until enough of what is timed was done. */
    private abstract static class Rounds implements Side {
        private final Phase phase;
        private final int joins;
        private final int grants;

        Rounds(Phase phase, int joins, int grants) {
            this.phase = phase;
            this.joins = joins;
            this.grants = grants;
        }

        @Override
        public final Sample work(long nanos) throws Exception {
            long timed = 0;
            long operations = 0;
            do {
                hold();
                long start = System.nanoTime();
                join();
                long joined = System.nanoTime();
                grant(grants);
                long granted = System.nanoTime();
                end();
                timed += phase == Phase.JOIN ? joined - start : granted - joined;
                operations += phase == Phase.JOIN ? joins : grants;
            } while (timed < nanos);
            return new Sample(Math.max(1, timed), operations);
        }

        /** Takes every unit there is. */
        abstract void hold() throws Exception;

        /** Makes all requests. */
        abstract void join() throws Exception;

        /** Releases so many times, each to a request that waits. */
        abstract void grant(int count);

        /** Releases until nothing is out; fails unless every request had its turn. */
        abstract void end();
    }

    /**
     * The pool's queue. Its requests are granted in the order in which they were made, and given back in that order: it
     * fails in the end if one was given back before it was granted.
     */
    private static final class OfPool extends Rounds implements PermitRequest.Listener {
        private final Fixture fixture;
        private final CallContext[] contexts;
        private final @Nullable PermitRequest[] requests;
        private final int limit;
        private int granted;
        private int ended;

        OfPool(int sessions, int waiters, int limit, int grants, Phase phase) {
            super(phase, waiters, grants);
            this.fixture = new Fixture(Fixture.limits(limit).build(), sessions);
            this.contexts = fixture.contexts(limit + waiters);
            this.requests = new PermitRequest[limit + waiters];
            this.limit = limit;
        }

        @Override
        void hold() {
            granted = 0;
            ended = 0;
            request(0, limit);
        }

        @Override
        void join() {
            request(limit, contexts.length);
        }

        private void request(int from, int to) {
            for (int i = from; i < to; i++) {
                requests[i] = fixture.pool.request(fixture.path(i), contexts[i], this);
            }
        }

        @Override
        void grant(int count) {
            for (int i = 0; i < count; i++) {
                Objects.requireNonNull(requests[ended], "ended before").cancel();
                requests[ended++] = null; // else rounds that are over would grow old
            }
        }

        @Override
        public void granted(Permit permit) {
            granted++;
        }

        @Override
        public void failed(ExaiException failure) {
            throw failure;
        }

        @Override
        void end() {
            grant(requests.length - ended);
            if (granted != requests.length) {
                throw new IllegalStateException(granted + " were granted, not " + requests.length);
            }
        }

        @Override
        public void close() {
            fixture.close();
        }
    }

    /** Failsafe's queue. */
    private static final class OfFailsafe extends Rounds implements Runnable {
        private final FailsafeQueue queue = new FailsafeQueue();
        private final int waiters;
        private int granted;

        OfFailsafe(int waiters, Phase phase) {
            super(phase, waiters, waiters);
            this.waiters = waiters;
        }

        @Override
        public void run() {
            granted++;
        }

        @Override
        void hold() throws Exception {
            granted = 0;
            queue.acquire(this);
        }

        @Override
        void join() throws Exception {
            for (int i = 0; i < waiters; i++) {
                queue.acquire(this);
            }
        }

        @Override
        void grant(int count) {
            for (int i = 0; i < count; i++) {
                queue.release();
            }
        }

        @Override
        void end() {
            for (int left = waiters + 1 - granted; left >= 0; left--) {
                queue.release();
            }
            if (granted != waiters + 1) {
                throw new IllegalStateException(granted + " were granted, not " + (waiters + 1));
            }
        }
    }
}

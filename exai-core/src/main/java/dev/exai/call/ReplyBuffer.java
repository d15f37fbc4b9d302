package dev.exai.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.error.ErrorContext;
import dev.exai.error.ExaiException;
import dev.exai.error.ReplyTooLargeException;
import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;
import dev.exai.message.FunctionCall;
import dev.exai.message.ModelChoice;
import dev.exai.model.Route;
import dev.exai.spi.ReplyEnd;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of one answer: filled at the speed of the network, read at the speed of the caller.
 */
final class ReplyBuffer {
    /*
     * State      chunks: the pieces so far. end: null while they come; then none for success, or the failure.
     *            attempt: whose pieces they are, from 1. first: where its pieces begin; those before it reached the
     *            caller and are void. observed: a piece of it has reached the caller, or is about to.
     * Owner      lock guards them.
     * Race       add | restart: who comes second finds it done. A piece that comes after the restart is of an attempt
     *            that is over, and is dropped.
     *            reach | restart: a piece that a reader or listener is about to get prevents the restart; one whose
     *            attempt was started over is not given.
     * Invariant  bytes is the sum of the pieces' sizes, counted with the session too, and is within the limit.
     */
    private static final long LIMIT_BYTES = 16L << 20;

    private final CallScope scope;
    private final long limitBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final List<Chunk> chunks = new ArrayList<>();

    @GuardedBy("lock")
    private long bytes;

    /** The part of bytes that is of attempts that were started over. */
    @GuardedBy("lock")
    private long voidBytes;

    @GuardedBy("lock")
    private int attempt = 1;

    @GuardedBy("lock")
    private int first;

    @GuardedBy("lock")
    private boolean observed;

    @GuardedBy("lock")
    private boolean ended;

    @GuardedBy("lock")
    private @Nullable ExaiException failure;

    /** Told without the lock of each piece, and of the end; a list that is never changed, replaced under the lock. */
    private volatile List<Watcher> watchers = List.of();

    /** Is told that something came, or that the answer ended; looks for itself. */
    interface Watcher {
        void changed(boolean hasEnded);
    }

    /** What comes next for a reader: a piece, or the end and why. */
    record Next(@Nullable Chunk chunk, @Nullable ExaiException failure) {}

    ReplyBuffer(CallScope scope) {
        this(scope, LIMIT_BYTES);
    }

    ReplyBuffer(CallScope scope, long limitBytes) {
        this.scope = scope;
        this.limitBytes = limitBytes;
    }

    /** What became of a piece: kept, dropped, or why it does not fit. */
    record Added(boolean isKept, @Nullable ExaiException failure) {
        private static final Added KEPT = new Added(true, null);
        private static final Added DROPPED = new Added(false, null);

        static Added tooLarge(String what, long limitBytes) {
            return new Added(false, new ReplyTooLargeException(what, limitBytes));
        }
    }

    /** What became of the wish to start over: refused, nobody will know, or who has read is told. */
    enum Restart {
        REFUSED,
        UNSEEN,
        TOLD
    }

    /** Adds a piece. One that comes after the end, or of an attempt that was started over, is dropped. */
    Added add(int ofAttempt, Chunk chunk) {
        Added added = addUnderLock(ofAttempt, chunk);
        if (added.isKept()) {
            watchers.forEach(watcher -> watcher.changed(false));
        }
        return added;
    }

    private Added addUnderLock(int ofAttempt, Chunk chunk) {
        long size = chunk.sizeInBytes();
        lock.lock();
        try {
            if (ended || ofAttempt != attempt) {
                return Added.DROPPED;
            }
            if (bytes + size > limitBytes) {
                return Added.tooLarge("call", limitBytes);
            }
            if (!scope.buffer(size)) {
                return Added.tooLarge("session", scope.bufferLimitBytes());
            }
            bytes += size;
            chunks.add(chunk);
            changed.signalAll();
            return Added.KEPT;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that a piece of an attempt is about to reach the caller; returns false if that attempt was started over, so
     * that it must not.
     */
    boolean reach(int ofAttempt) {
        lock.lock();
        try {
            if (ofAttempt != attempt) {
                return false;
            }
            observed = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether a restart would be allowed now} */
    boolean mayRestart(boolean evenIfObserved) {
        lock.lock();
        try {
            return !ended && (!observed || evenIfObserved);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drops what came of the attempt so far. If some of it has reached the caller this is refused, or, where the caller
     * allowed it, {@link Chunk.StartedOver} says so to whoever reads.
     */
    Restart restart(boolean evenIfObserved) {
        boolean tell;
        lock.lock();
        try {
            if (ended || (observed && !evenIfObserved)) {
                return Restart.REFUSED;
            }
            tell = observed;
            if (tell) {
                chunks.add(Chunk.startedOver());
                first = chunks.size();
                voidBytes = bytes;
                observed = false;
                changed.signalAll();
            } else {
                chunks.subList(first, chunks.size()).clear();
                scope.buffer(voidBytes - bytes);
                bytes = voidBytes;
            }
            attempt++;
        } finally {
            lock.unlock();
        }
        if (tell) {
            watchers.forEach(watcher -> watcher.changed(false));
        }
        return tell ? Restart.TOLD : Restart.UNSEEN;
    }

    /** Ends the answer: what came stays readable, unless it is to be dropped. */
    void end(@Nullable ExaiException why, boolean drop) {
        List<Watcher> told;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            failure = why;
            scope.buffer(-bytes);
            bytes = 0;
            if (drop) {
                chunks.clear();
            }
            changed.signalAll();
            told = watchers;
            watchers = List.of();
        } finally {
            lock.unlock();
        }
        told.forEach(watcher -> watcher.changed(true));
    }

    /** Tells a reader from now on of each piece and of the end; at once of what is there. */
    void watch(Watcher watcher) {
        boolean hasEnded;
        lock.lock();
        try {
            hasEnded = ended;
            if (!hasEnded) {
                List<Watcher> more = new ArrayList<>(watchers);
                more.add(watcher);
                watchers = List.copyOf(more);
            }
        } finally {
            lock.unlock();
        }
        watcher.changed(hasEnded);
    }

    /**
     * {@return what a reader that has read so many pieces gets next, or null if it has to wait}
     *
     * @param wantsChunk whether it wants a piece; the end comes without that
     */
    @Nullable
    Next next(int index, boolean wantsChunk) {
        lock.lock();
        try {
            if (index < chunks.size()) {
                observed |= wantsChunk && index >= first;
                return wantsChunk ? new Next(chunks.get(index), null) : null;
            }
            return ended ? new Next(null, failure) : null;
        } finally {
            lock.unlock();
        }
    }

    /** The pieces put together. */
    ChatReply toReply(Route route, ReplyEnd end, ModelChoice choice) {
        Collector collector = new Collector();
        lock.lock();
        try {
            for (int i = first; i < chunks.size(); i++) {
                chunks.get(i).accept(collector);
            }
        } finally {
            lock.unlock();
        }
        return ChatReply.builder(
                        route.provider().value(),
                        end.servedModel().orElse(route.model().id()))
                .choice(choice)
                .text(collector.text.toString())
                .reasoning(collector.reasoning.isEmpty() ? null : collector.reasoning.toString())
                .functionCalls(collector.calls())
                .finishReason(end.finishReason())
                .usage(end.usage())
                .requestId(end.requestId().orElse(null))
                .sources(end.sources())
                .adjustments(end.adjustments())
                .build();
    }

    /** Puts pieces together. A reply of one piece, which is what comes where nothing is streamed, costs no copy. */
    private static final class Collector implements Chunk.Visitor {
        private final Joined text = new Joined();
        private final Joined reasoning = new Joined();
        private @Nullable Map<Integer, Pieces> functions;

        @Override
        public void text(Chunk.Text chunk) {
            text.add(chunk.text());
        }

        @Override
        public void reasoning(Chunk.Reasoning chunk) {
            reasoning.add(chunk.text());
        }

        @Override
        public void functionPiece(Chunk.FunctionPiece chunk) {
            Map<Integer, Pieces> all = functions;
            if (all == null) {
                all = new TreeMap<>();
                functions = all;
            }
            all.computeIfAbsent(chunk.index(), index -> new Pieces()).add(chunk);
        }

        List<FunctionCall> calls() {
            return functions == null
                    ? List.of()
                    : functions.values().stream().map(Pieces::toCall).toList();
        }
    }

    /** Texts, one after the other. */
    private static final class Joined {
        private String start = "";
        private @Nullable StringBuilder more;

        void add(String text) {
            if (more != null) {
                more.append(text);
            } else if (start.isEmpty()) {
                start = text;
            } else {
                more = new StringBuilder(start).append(text);
            }
        }

        boolean isEmpty() {
            return start.isEmpty();
        }

        @Override
        public String toString() {
            return more == null ? start : more.toString();
        }
    }

    /** The pieces of one function call. */
    private static final class Pieces {
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();

        void add(Chunk.FunctionPiece piece) {
            id = piece.id().orElse(id);
            name = piece.name().orElse(name);
            arguments.append(piece.arguments());
        }

        FunctionCall toCall() {
            return FunctionCall.of(id, name, arguments.toString());
        }
    }

    /** Reads from the first piece on; an interrupt runs the given action and ends the reading. */
    Iterator<Chunk> reader(Runnable beforeWaiting, Runnable onInterrupt) {
        return new Iterator<>() {
            private int index;

            @Override
            public boolean hasNext() {
                boolean interrupted = false;
                lock.lock();
                try {
                    while (index >= chunks.size()) {
                        if (failure != null) {
                            throw failure.in(
                                    ErrorContext.unknown()); // each reader its own, with its own trace to add to
                        }
                        if (ended) {
                            return false;
                        }
                        if (interrupted) {
                            changed.awaitUninterruptibly(); // the call is being cancelled, which ends this
                            continue;
                        }
                        beforeWaiting.run();
                        try {
                            changed.await();
                        } catch (InterruptedException e) {
                            interrupted = true;
                            lock.unlock();
                            try {
                                onInterrupt.run();
                            } finally {
                                lock.lock();
                            }
                        }
                    }
                    return true;
                } finally {
                    lock.unlock();
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
            }

            @Override
            public Chunk next() {
                while (hasNext()) {
                    lock.lock();
                    try {
                        if (index < chunks.size()) {
                            observed |= index >= first;
                            return chunks.get(index++);
                        }
                        // started over since hasNext() looked: wait on
                    } finally {
                        lock.unlock();
                    }
                }
                throw new NoSuchElementException();
            }
        };
    }
}

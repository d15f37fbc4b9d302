package dev.exai.call;

import dev.exai.error.ErrorContext;
import dev.exai.message.Chunk;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives one subscriber the pieces of an answer, as many as it asks for. */
final class ReplySubscription implements Flow.Subscription {
    /*
     * State      wanted: how many pieces the subscriber asks for beyond those it was given. refused: what was wrong with
     *            what it asked. over: it is told nothing more.
     * Owner      The lane tells one thing at a time: next is its own. The others are set by anyone.
     * Progress   Whatever could let it go on (a piece, the end, a demand) has the lane look once more. A look gives all
     *            that it can, in a loop, so the stack does not grow by a subscriber that asks while it is given.
     */
    private static final Logger log = LoggerFactory.getLogger(ReplySubscription.class);

    private final ReplyBuffer buffer;
    private final ListenerLane lane;
    private final AtomicLong wanted = new AtomicLong();
    private volatile Flow.@Nullable Subscriber<? super Chunk> subscriber;
    private volatile @Nullable IllegalArgumentException refused;
    private int next;

    private ReplySubscription(ReplyBuffer buffer, ListenerLane lane, Flow.Subscriber<? super Chunk> subscriber) {
        this.buffer = buffer;
        this.lane = lane;
        this.subscriber = subscriber;
    }

    /** Tells a subscriber that it is one, and then what it asks for. */
    static void start(ReplyBuffer buffer, ListenerLane lane, Flow.Subscriber<? super Chunk> subscriber) {
        ReplySubscription subscription = new ReplySubscription(buffer, lane, subscriber);
        lane.tell(() -> subscription.tell(() -> subscriber.onSubscribe(subscription)));
        buffer.watch(subscription::changed);
    }

    /** Looks again: something came, or the answer ended. */
    private void changed(boolean hasEnded) {
        if (hasEnded) {
            lane.tellEnd(this::look);
        } else if (wanted.get() > 0) {
            lane.tell(this::look);
        }
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            refused = new IllegalArgumentException("a subscriber must ask for 1 or more, not " + count + " (rule 3.9)");
        } else {
            wanted.accumulateAndGet(count, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        }
        lane.tell(this::look);
    }

    @Override
    public void cancel() {
        subscriber = null;
    }

    private void look() {
        Flow.Subscriber<? super Chunk> to = subscriber;
        while (to != null) {
            IllegalArgumentException wrong = refused;
            ReplyBuffer.Next found = wrong == null ? buffer.next(next, wanted.get() > 0) : null;
            if (wrong != null) {
                end(to, wrong);
            } else if (found == null) {
                return; // nothing that it asked for is there
            } else if (found.chunk() != null) {
                next++;
                wanted.updateAndGet(left -> left == Long.MAX_VALUE ? left : left - 1);
                Flow.Subscriber<? super Chunk> receiver = to;
                tell(() -> receiver.onNext(found.chunk()));
            } else {
                end(to, found.failure() == null ? null : found.failure().in(ErrorContext.unknown()));
            }
            to = subscriber;
        }
    }

    private void end(Flow.Subscriber<? super Chunk> to, @Nullable Throwable why) {
        subscriber = null;
        try {
            if (why == null) {
                to.onComplete();
            } else {
                to.onError(why);
            }
        } catch (RuntimeException | Error e) {
            log.warn("A subscriber of a call threw at its end", e);
        }
    }

    /** A subscriber that throws has cancelled (rule 2.13). */
    private void tell(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException | Error e) {
            subscriber = null;
            log.warn("A subscriber of a call threw, which ends its subscription", e);
        }
    }
}

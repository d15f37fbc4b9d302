package dev.exai.permit;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for permits that nobody has any more, on a thread of its own, so that they come back also in a pool that nobody
 * uses. It ends when the pool is closed, or is itself dropped.
 */
final class Reclaimer implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Reclaimer.class);

    private final ReferenceQueue<PermitRequest> dropped;
    private final WeakReference<PermitPool> pool;
    private final Reference<PermitRequest> end;
    private volatile boolean stopped;

    private Reclaimer(PermitPool pool, ReferenceQueue<PermitRequest> dropped) {
        this.dropped = dropped;
        this.pool = new WeakReference<>(pool);
        this.end = new WeakReference<>(null, dropped);
    }

    static Reclaimer start(PermitPool pool, ReferenceQueue<PermitRequest> dropped, ThreadFactory threads) {
        Reclaimer reclaimer = new Reclaimer(pool, dropped);
        threads.newThread(reclaimer).start();
        return reclaimer;
    }

    /** Has the thread end. */
    void stop() {
        stopped = true;
        end.enqueue();
    }

    @Override
    public void run() {
        try {
            while (!stopped && reclaimOne()) {
                // each one as it comes
            }
        } catch (InterruptedException e) {
            log.debug("The thread that reclaims permits was interrupted, and ends");
        }
    }

    private boolean reclaimOne() throws InterruptedException {
        Reference<? extends PermitRequest> reference = dropped.remove(10_000);
        PermitPool known = pool.get();
        if (known == null) {
            return false;
        }
        if (reference instanceof HandleRef handle) {
            known.reclaim(handle.entry);
        }
        return true;
    }
}

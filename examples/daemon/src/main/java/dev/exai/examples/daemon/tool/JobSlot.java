package dev.exai.examples.daemon.tool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/** Has the job of a call, which may be cancelled before its job has begun. Safe for use by many threads. */
public final class JobSlot {
    @GuardedBy("this")
    private @Nullable Job job;

    @GuardedBy("this")
    private @Nullable String cancelled;

    /**
     * Notes the job; one that was cancelled before it began is cancelled now.
     *
     * @param begun the job
     */
    public void attach(Job begun) {
        String reason;
        synchronized (this) {
            job = begun;
            reason = cancelled;
        }
        if (reason != null) {
            begun.cancel(reason);
        }
    }

    /**
     * Cancels the job, which holds nothing when this returns, or will once it begins.
     *
     * @param reason why
     */
    public void cancel(String reason) {
        Job begun;
        synchronized (this) {
            cancelled = reason;
            begun = job;
        }
        if (begun != null) {
            begun.cancel(reason);
        }
    }

    /** {@return the job, once it has begun} */
    public synchronized @Nullable Job job() {
        return job;
    }
}

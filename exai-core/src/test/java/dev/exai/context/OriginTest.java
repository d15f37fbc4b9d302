package dev.exai.context;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OriginTest {
    @Test
    void site_madeHere_isTheFirstFrameOutsideTheLibrary() {
        Origin origin = Origin.here();

        assertThat(origin.site()).contains("OriginTest.site_madeHere").contains("OriginTest.java:");
        assertThat(origin.threadName()).isEqualTo(Thread.currentThread().getName());
        assertThat(origin.toString()).endsWith(" on " + Thread.currentThread().getName());
    }

    @Test
    void site_madeByTheLibrary_isItsCaller() {
        SessionId session = SessionId.of("s");
        CallContext context =
                CallContext.create(session, "chat", Deadline.after(java.time.Duration.ofSeconds(1), new Still()));
        CallContext child = context.child("chat", context.deadline());

        assertThat(context.origin().site()).contains("OriginTest.site_madeByTheLibrary");
        assertThat(child.origin().site()).contains("OriginTest.site_madeByTheLibrary");
        assertThat(child.parent()).contains(context);
        assertThat(child.callId()).isNotEqualTo(context.callId());
    }

    private static final class Still implements Scheduler {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Scheduled schedule(java.time.Duration delay, Runnable task) {
            throw new AssertionError("no timers here");
        }
    }
}

package dev.exai.testkit.policy;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.error.ExaiException;
import dev.exai.permit.Permit;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PermitPath;
import dev.exai.permit.PermitPool;
import dev.exai.permit.PermitRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/** Who goes next at one provider. */
interface Policy {
    /** Asks for a unit; the grant comes now or later, with what gives the unit back. */
    void ask(String session, Consumer<Runnable> granted);

    /** First come, first served, whoever it is: one fair semaphore. */
    static Policy firstComeFirstServed(int limit) {
        return new Policy() {
            private final Queue<Consumer<Runnable>> waiting = new ArrayDeque<>();
            private int used;

            @Override
            public void ask(String session, Consumer<Runnable> granted) {
                waiting.add(granted);
                grantAll();
            }

            private void grantAll() {
                while (used < limit && !waiting.isEmpty()) {
                    used++;
                    waiting.poll().accept(() -> {
                        used--;
                        grantAll();
                    });
                }
            }
        };
    }

    /** The real pool, in virtual time. */
    static Policy pool(int limit, boolean newcomerUnit, Scheduler scheduler) {
        ProviderId provider = ProviderId.of("glm");
        PermitLimits limits = PermitLimits.builder()
                .global(1_000)
                .provider(provider.value(), limit)
                .session(1_000)
                .maxQueuedPerSession(10_000)
                .maxQueued(100_000)
                .newcomerUnit(newcomerUnit)
                .build();
        PermitPool pool = PermitPool.builder(limits, scheduler).build();
        return (session, granted) -> {
            SessionId id = SessionId.of(session);
            CallContext context = CallContext.create(id, "call", Deadline.after(Duration.ofDays(2), scheduler));
            pool.request(PermitPath.of(id, provider), context, new PermitRequest.Listener() {
                @Override
                public void granted(Permit permit) {
                    granted.accept(permit::close);
                }

                @Override
                public void failed(ExaiException failure) {
                    throw new AssertionError(failure);
                }
            });
        };
    }
}

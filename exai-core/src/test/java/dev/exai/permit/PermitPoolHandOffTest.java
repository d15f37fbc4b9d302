package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.SessionId;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.error.PermitRevokedException;
import dev.exai.error.PermitTimeoutException;
import dev.exai.permit.Desk.Asker;
import dev.exai.permit.PermitRequest.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("I5, I10: a grant reaches its owner or goes back; no code of a caller under the lock")
class PermitPoolHandOffTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private Desk desk = Desk.glm(1);

    private Desk withExecutor(Executor executor) {
        return Desk.of(Desk.limits().provider("glm", 1), builder -> builder.executor(executor));
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @AfterEach
    void everyCountEqualsItsHolders() {
        assertThat(desk.pool.audit().problems()).isEmpty();
    }

    // ---- granted but not delivered

    @Test // request <- deliver | cancel
    void cancel_grantedButUndelivered_permitIsBackAndNobodyIsTold() {
        desk = withExecutor(tasks::add);
        Asker asker = desk.ask("a", "glm");
        assertThat(asker.request.state()).isEqualTo(State.HELD);
        assertThat(desk.inUse()).isEqualTo(1);

        asker.request.cancel();
        assertThat(desk.inUse()).isZero();
        runTasks();

        assertThat(asker.granted).isEmpty();
        assertThat(asker.failed).isEmpty();
    }

    @Test // request <- fail | cancel
    void cancel_failedButUntold_nobodyIsTold() {
        desk = withExecutor(tasks::add);
        desk.ask("a", "glm");
        Asker late = desk.ask("b", "glm", Duration.ofSeconds(1));
        desk.clock.advance(Duration.ofSeconds(1));
        assertThat(late.request.state()).isEqualTo(State.LEFT);

        late.request.cancel();
        runTasks();

        assertThat(late.failed).as("not called after cancel").isEmpty();
    }

    @Test // I6
    void request_executorDropsTheTask_cancelGivesTheUnitBack() {
        desk = withExecutor(task -> {});
        Asker lost = desk.ask("a", "glm");
        Asker next = desk.ask("b", "glm");
        assertThat(desk.pool.audit().holders())
                .singleElement()
                .satisfies(holder -> assertThat(holder.call()).isEqualTo(lost.context.callId()));

        lost.request.cancel();

        assertThat(next.holds()).isTrue();
    }

    @Test // I6, I7: request <- deliver | revoke
    void revoke_grantedButUndelivered_ownerIsToldThatItHasNone() {
        desk = withExecutor(tasks::add);
        Asker asker = desk.ask("a", "glm", Duration.ofSeconds(10));
        desk.clock.advance(Duration.ofSeconds(40));
        assertThat(asker.request.state()).isEqualTo(State.REVOKED);

        runTasks();

        assertThat(asker.granted).isEmpty();
        assertThat(asker.failed).singleElement().isInstanceOf(PermitRevokedException.class);
        assertThat(desk.pool.snapshot().zombies()).as("nobody has it").isZero();
    }

    @Test // request <- deliver | revoke | cancel
    void cancel_grantedThenRevokedButUndelivered_nobodyIsTold() {
        desk = withExecutor(tasks::add);
        Asker asker = desk.ask("a", "glm", Duration.ofSeconds(10));
        desk.clock.advance(Duration.ofSeconds(40));

        asker.request.cancel();
        runTasks();

        assertThat(asker.granted).isEmpty();
        assertThat(asker.failed).isEmpty();
    }

    @Test // I6: acquire <- revoke; no work begins under a permit that is gone
    void acquire_revokedBeforeTheThreadSeesIt_throws() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        desk = Desk.of(
                Desk.limits().provider("glm", 1),
                builder -> builder.probe(step -> {
                    if (step == Probe.Step.BEFORE_DELIVERY) {
                        meanwhile.get().run();
                    }
                }));
        meanwhile.set(() -> desk.clock.advance(Duration.ofSeconds(40)));

        assertThatThrownBy(() ->
                        desk.pool.call(Desk.path("a", "glm"), desk.context("a", Duration.ofSeconds(10)), () -> "work"))
                .isInstanceOf(PermitRevokedException.class);

        assertThat(desk.pool.snapshot().isIdle()).isTrue();
        assertThat(desk.pool.snapshot().zombies()).isZero();
    }

    // ---- listeners that throw

    @Test
    void granted_listenerThrows_permitGoesToTheNext() {
        Asker thrower = desk.prepare(Desk.path("a", "glm"), desk.context("a"), permit -> {
            throw new IllegalStateException("expected by the test");
        });
        Asker holder = desk.ask("b", "glm");
        thrower.request.submit();
        Asker next = desk.ask("c", "glm");

        holder.close();

        assertThat(thrower.request.state()).isEqualTo(State.RETURNED);
        assertThat(thrower.failed).isEmpty();
        assertThat(next.holds()).isTrue();
    }

    @Test
    void granted_listenerThrowsAnError_permitGoesBack() {
        desk.ask(Desk.path("a", "glm"), desk.context("a"), permit -> {
            throw new AssertionError("expected by the test");
        });

        assertThat(desk.inUse()).isZero();
    }

    @Test
    void granted_listenerThrowsUndeclared_permitGoesBack() {
        desk.ask(Desk.path("a", "glm"), desk.context("a"), permit -> sneak(new Exception("expected by the test")));

        assertThat(desk.inUse()).isZero();
    }

    @Test
    void granted_listenerClosesThenThrows_freesOneUnit() {
        desk = Desk.glm(2);
        Asker other = desk.ask("b", "glm");

        desk.ask(Desk.path("a", "glm"), desk.context("a"), permit -> {
            permit.close();
            throw new IllegalStateException("expected by the test");
        });

        assertThat(desk.inUse("glm")).isEqualTo(1);
        assertThat(other.holds()).isTrue();
        assertThat(desk.pool.snapshot().returned()).isEqualTo(1);
    }

    @Test
    void failed_listenerThrows_othersAreTold() {
        desk.ask("a", "glm");
        PermitRequest.Listener thrower = new PermitRequest.Listener() {
            @Override
            public void granted(Permit permit) {
                permit.close();
            }

            @Override
            public void failed(ExaiException failure) {
                throw new IllegalStateException("expected by the test");
            }
        };
        desk.pool.request(Desk.path("b", "glm"), desk.context("b", Duration.ofSeconds(1)), thrower);
        Asker after = desk.ask("c", "glm", Duration.ofSeconds(1));

        desk.clock.advance(Duration.ofSeconds(1));

        assertThat(after.failed).hasSize(1);
    }

    // ---- executors that refuse

    @Test
    void request_executorRejects_permitIsBackAndTheListenerIsToldLater() {
        desk = withExecutor(task -> {
            throw new RejectedExecutionException("shut down");
        });

        Asker asker = desk.ask("a", "glm");

        assertThat(desk.inUse()).isZero();
        assertThat(asker.failed).as("never inside request").isEmpty();
        desk.clock.advance(Duration.ZERO);
        assertThat(asker.failed).singleElement().isInstanceOf(InternalErrorException.class);
        assertThat(asker.granted).isEmpty();
    }

    @Test // request <- reject | cancel
    void cancel_executorRejected_nobodyIsTold() {
        desk = withExecutor(task -> {
            throw new RejectedExecutionException("shut down");
        });
        Asker asker = desk.ask("a", "glm");

        asker.request.cancel();
        desk.clock.advance(Duration.ZERO);

        assertThat(asker.failed).as("not called after cancel").isEmpty();
    }

    @Test
    void request_executorThrowsSomethingElse_permitIsBackAndTheListenerIsTold() {
        desk = withExecutor(task -> {
            throw new IllegalStateException("an event loop that was shut down");
        });

        Asker asker = desk.ask("a", "glm");

        assertThat(desk.inUse()).isZero();
        desk.clock.advance(Duration.ZERO);
        assertThat(asker.failed).singleElement().isInstanceOf(InternalErrorException.class);
    }

    @Test
    void timeout_executorRejects_theListenerIsToldAllTheSame() {
        AtomicReference<Executor> executor = new AtomicReference<>(Runnable::run);
        desk = withExecutor(task -> executor.get().execute(task));
        desk.ask("a", "glm");
        Asker late = desk.ask("b", "glm", Duration.ofSeconds(1));
        executor.set(task -> {
            throw new RejectedExecutionException("shut down");
        });

        desk.clock.advance(Duration.ofSeconds(1));

        assertThat(late.failed).singleElement().isInstanceOf(PermitTimeoutException.class);
    }

    @Test
    void release_executorRejectsForManyWaiters_allEndAndNothingIsHeld() {
        AtomicReference<Executor> executor = new AtomicReference<>(Runnable::run);
        desk = withExecutor(task -> executor.get().execute(task));
        Asker holder = desk.ask("a", "glm");
        List<Asker> waiters = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            waiters.add(desk.ask("b", "glm"));
        }
        executor.set(task -> {
            throw new RejectedExecutionException("shut down");
        });

        holder.close();
        desk.clock.advance(Duration.ZERO);

        assertThat(desk.pool.snapshot().isIdle()).isTrue();
        assertThat(waiters).allSatisfy(waiter -> assertThat(waiter.failed).hasSize(1));
    }

    // ---- nothing of a caller's under the lock

    @Test
    void effects_listenersExecutorAndSink_neverRunUnderTheLockAndMayReenter() {
        AtomicReference<PermitPool> pool = new AtomicReference<>();
        FakeScheduler clock = new FakeScheduler();
        AtomicInteger calls = new AtomicInteger();
        Runnable probe = () -> {
            calls.incrementAndGet();
            assertThat(pool.get().isLockedByCurrentThread()).isFalse();
            assertThat(pool.get().audit().problems()).isEmpty();
            assertThat(pool.get().snapshot().global().inUse()).isNotNegative();
        };
        List<Throwable> seen = new ArrayList<>();
        Runnable guarded = () -> {
            try {
                probe.run();
            } catch (Throwable thrown) {
                seen.add(thrown);
            }
        };
        pool.set(PermitPool.builder(Desk.limits().provider("glm", 1).build(), clock)
                .executor(task -> {
                    guarded.run();
                    task.run();
                })
                .events(event -> guarded.run())
                .build());
        desk = Desk.glm(1);
        List<PermitRequest> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(pool.get()
                    .request(
                            Desk.path("a", "glm"),
                            CallContext.create(
                                    SessionId.of("a"), "chat", Deadline.after(Duration.ofSeconds(1 + i), clock)),
                            new PermitRequest.Listener() {
                                @Override
                                public void granted(Permit permit) {
                                    guarded.run();
                                }

                                @Override
                                public void failed(ExaiException failure) {
                                    guarded.run();
                                }
                            }));
        }
        requests.get(0).cancel();
        requests.get(1).cancel();
        clock.advance(Duration.ofSeconds(10));
        pool.get().closeSession(SessionId.of("a"));
        pool.get().close();

        assertThat(seen).isEmpty();
        assertThat(calls).hasValueGreaterThan(10);
    }

    @Test
    void granted_listenerAsksAgain_isServed() {
        List<Asker> more = new ArrayList<>();
        desk.ask(Desk.path("a", "glm"), desk.context("a"), permit -> {
            permit.close();
            more.add(desk.ask("a", "glm"));
        });

        assertThat(more)
                .singleElement()
                .satisfies(asker -> assertThat(asker.holds()).isTrue());
    }

    @Test // the sink "must not throw"; if it does, nobody pays for it with a permit
    void events_sinkThrows_nothingIsLost() {
        desk = Desk.of(
                Desk.limits().provider("glm", 1),
                builder -> builder.events(event -> {
                    throw new IllegalStateException("expected by the test");
                }));

        List<Asker> askers = new ArrayList<>();
        assertThatCode(() -> {
                    askers.add(desk.ask("a", "glm"));
                    askers.add(desk.ask("b", "glm"));
                    assertThat(desk.pool.tryAcquire(Desk.path("c", "glm"), desk.context("c")))
                            .isEmpty();
                    askers.get(0).close();
                })
                .doesNotThrowAnyException();

        assertThat(askers.get(1).granted).hasSize(1);
    }

    @Test // I10: stack depth does not grow with the number of waiters
    void release_hundredThousandWaitersOnOneThread_allEndWithoutDeepStacks() {
        int many = 100_000;
        desk = Desk.of(
                Desk.limits().provider("glm", 1).maxQueued(many).maxQueuedPerSession(many),
                builder -> builder.events(event -> {}));
        AtomicInteger served = new AtomicInteger();
        AtomicInteger deepest = new AtomicInteger();
        Asker holder = desk.ask("a", "glm");
        for (int i = 0; i < many; i++) {
            String session = "s" + i % 10;
            desk.ask(Desk.path(session, "glm"), desk.context(session), permit -> {
                if (served.incrementAndGet() % 10_000 == 0) {
                    deepest.accumulateAndGet(new Throwable().getStackTrace().length, Math::max);
                }
                permit.close();
            });
        }

        holder.close();

        assertThat(served).hasValue(many);
        assertThat(deepest).hasValueLessThan(200);
        assertThat(desk.pool.snapshot().isIdle()).isTrue();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }
}

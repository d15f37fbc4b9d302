package dev.exai.testkit.contract.provider;

import static dev.exai.testkit.contract.provider.ProviderTrial.expect;

import dev.exai.spi.Exchange;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.Provider;
import dev.exai.testkit.contract.provider.UpstreamAnswer.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** R15 to R23: whoever aborts is never kept waiting, and what was aborted ends. */
final class AbortRules {
    /** Longer than anyone's patience. */
    private static final UpstreamAnswer FLOOD =
            UpstreamAnswer.of(Ending.SILENCE).withTexts(2_000, "x", Duration.ofMillis(5));

    private AbortRules() {}

    static void r15(ProviderTrial trial) {
        trial.ask(UpstreamAnswer.of(Ending.SILENCE))
                .abort("as soon as it is open")
                .endsOnce("aborted as soon as it was open");
    }

    static void r16(ProviderTrial trial) {
        trial.ask(UpstreamAnswer.of(Ending.SILENCE))
                .arrived()
                .abort("before the upstream has said anything")
                .endsOnce("aborted before the upstream had said anything");
        Asked accepted =
                trial.ask(UpstreamAnswer.of(Ending.SILENCE).accepting()).arrived();
        trial.letPass(); // it is accepted, which not every provider tells
        accepted.abort("before the first piece").endsOnce("aborted before the first piece");
    }

    static void r17(ProviderTrial trial) throws Exception {
        try (DeadAddress nowhere = DeadAddress.thatNeverAnswers()) {
            Provider provider = trial.providerAt(nowhere.address());
            Asked asked = trial.askNobody(provider, LivenessLimits.plain());
            trial.letPass(); // it connects
            asked.abort("while it connects").endsOnce("aborted while it connected");
        }
    }

    static void r18(ProviderTrial trial) {
        trial.ask(UpstreamAnswer.of(Ending.SILENCE, "one"))
                .begun()
                .abort("in mid-answer")
                .endsOnce("aborted in mid-answer, while nothing came");
        trial.ask(FLOOD).begun().abort("in mid-answer").endsOnce("aborted in mid-answer, while more came");
    }

    static void r19(ProviderTrial trial) throws Exception {
        Asked asked = trial.ask(UpstreamAnswer.of(Ending.SILENCE, "one")).begun();
        CyclicBarrier together = new CyclicBarrier(3);
        List<Thread> aborting = new ArrayList<>();
        List<Throwable> thrown = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            aborting.add(trial.start("aborter", () -> {
                try {
                    together.await();
                    asked.exchange().abort();
                } catch (Throwable e) {
                    synchronized (thrown) {
                        thrown.add(e);
                    }
                }
            }));
        }
        trial.expectEventually(
                () -> aborting.stream().noneMatch(Thread::isAlive), "of three who abort at once one does not return");
        synchronized (thrown) {
            expect(thrown.isEmpty(), "of three who abort at once one gets " + thrown);
        }
        asked.endsOnce("aborted by three at once");
        asked.abort("after its end").endsOnce("aborted again after its end");

        Asked interrupted = trial.ask(UpstreamAnswer.of(Ending.SILENCE, "one")).begun();
        trial.returns("abort() on a thread that is interrupted", () -> {
            Thread.currentThread().interrupt();
            interrupted.exchange().abort();
        });
        interrupted.endsOnce("aborted by a thread that is interrupted");

        Asked whole = trial.ask(UpstreamAnswer.whole("one"));
        whole.completed();
        whole.abort("after a whole answer").endsOnce("aborted after a whole answer");
    }

    // the answer ends | abort
    static void r20(ProviderTrial trial) {
        long start = System.nanoTime();
        trial.ask(UpstreamAnswer.whole("one ", "two")).completed();
        long usual = System.nanoTime() - start;
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < trial.rounds(); i++) {
            Asked asked = trial.ask(UpstreamAnswer.whole("one ", "two"));
            LockSupport.parkNanos(trial.random(usual + usual / 2 + 1));
            asked.abort("as its answer ends");
            all.add(asked);
        }
        all.forEach(Asked::end);
        trial.letPass();
        for (Asked asked : all) {
            List<Object> ends = asked.witness().ends();
            expect(ends.size() == 1, "aborted as its answer ended, an exchange has " + ends.size() + " ends");
        }
    }

    static void r21(ProviderTrial trial) {
        abortFrom(trial, (witness, action) -> witness.onPiece(action), "told a piece");
        abortFrom(trial, (witness, action) -> witness.onEnd(action), "told its end");
        CompletableFuture<Exchange> opened = new CompletableFuture<>();
        Witness witness = new Witness();
        witness.onOpened(() -> abortWhenKnown(opened));
        Asked asked = trial.ask(UpstreamAnswer.whole("one"), witness);
        opened.complete(asked.exchange());
        asked.endsOnce("aborted by the sink as it was told that it is open");
    }

    private static void abortFrom(ProviderTrial trial, Hook hook, String when) {
        CompletableFuture<Exchange> opened = new CompletableFuture<>();
        AtomicBoolean done = new AtomicBoolean();
        Witness witness = new Witness();
        hook.set(witness, () -> {
            abortWhenKnown(opened);
            done.set(true);
        });
        Asked asked = trial.ask(UpstreamAnswer.whole("one ").withTexts(3, "x", Duration.ofMillis(1)), witness);
        opened.complete(asked.exchange());
        trial.expectEventually(done::get, "abort() does not return to a sink that is " + when);
        asked.endsOnce("aborted by the sink as it was " + when);
    }

    /** Aborts if open() has returned; a sink that is told inside open() has nothing to abort yet. */
    private static void abortWhenKnown(CompletableFuture<Exchange> opened) {
        try {
            opened.get(200, TimeUnit.MILLISECONDS).abort();
        } catch (TimeoutException e) {
            // told inside open()
        } catch (ExecutionException e) {
            throw new AssertionError(e); // nobody completes it so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Hook {
        void set(Witness witness, Runnable action);
    }

    static void r22(ProviderTrial trial) {
        CountDownLatch inPiece = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Asked asked = trial.ask(UpstreamAnswer.of(Ending.SILENCE, "one"), new Witness().onPiece(() -> {
                    inPiece.countDown();
                    awaitQuietly(release);
                }));
        try {
            trial.expectEventually(() -> inPiece.getCount() == 0, "the first piece of the answer is not told");
            asked.abort("while the sink blocks");
        } finally {
            release.countDown();
        }
        asked.endsOnce("aborted while the sink blocked");
    }

    static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // a provider that aborts by interrupt ends the wait, and may
        }
    }

    static void r23(ProviderTrial trial) {
        trial.ask(UpstreamAnswer.of(Ending.SILENCE)).arrived().abort("before the answer");
        trial.expectNoneInFlight("aborted before the answer,");
        trial.ask(UpstreamAnswer.of(Ending.SILENCE, "one")).begun().abort("in mid-answer");
        trial.expectNoneInFlight("aborted in mid-answer,");
        trial.ask(FLOOD).begun().abort("in mid-answer");
        trial.expectNoneInFlight("aborted in the midst of a flood,");
    }
}

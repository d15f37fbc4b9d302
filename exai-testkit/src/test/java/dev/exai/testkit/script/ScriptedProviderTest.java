package dev.exai.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.message.ChatRequest;
import dev.exai.message.Usage;
import dev.exai.spi.Exchange;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.time.ManualScheduler;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ScriptedProviderTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualScheduler clock = ManualScheduler.create();
    private final ScriptedProvider provider = ScriptedProvider.named("glm", clock);
    private final RecordingSink sink = new RecordingSink();

    @Test
    void open_scriptWithWaits_tellsEachPieceAtItsMoment() {
        provider.script(
                Script.after(SECOND).reasoning("hm").after(SECOND).chunk("hi").complete());

        provider.open(call(), sink);
        assertThat(sink.events).isEmpty();
        clock.advance(SECOND);
        assertThat(sink.events).containsExactly("opened", "reasoning hm");
        assertThat(provider.inFlight()).isEqualTo(1);
        clock.advance(SECOND);

        assertThat(sink.events).containsExactly("opened", "reasoning hm", "text hi", "completed STOP");
        assertThat(provider.inFlight()).isZero();
        assertThat(provider.completed()).isEqualTo(1);
        assertThat(clock.pendingTasks()).isZero();
    }

    @Test
    void complete_madeUpEnd_namesModelFinishAndTokens() {
        provider.script(Script.functionCall("c1", "add", "{\"a\":1}")
                .functionCall("c2", "mul", "{}")
                .complete());

        provider.open(call(), sink);
        clock.runDue();

        assertThat(sink.events)
                .containsExactly("opened", "function 0 add", "function 1 mul", "completed FUNCTION_CALLS");
        ReplyEnd end = (ReplyEnd) sink.values.get(3);
        assertThat(end.servedModel()).contains("glm-standard");
        assertThat(end.requestId()).contains("glm-1");
        assertThat(end.usage().completionTokens()).isEqualTo(3);
        assertThat(end.usage().promptTokens()).isEqualTo(2);
    }

    @Test
    void complete_givenEnd_isReportedAsItIs() {
        ReplyEnd end = ReplyEnd.of(dev.exai.message.FinishReason.LENGTH, Usage.of(1, 0, 2, 0));
        provider.script(Script.chunk("x").complete(end));

        provider.open(call(), sink);
        clock.runDue();

        assertThat(sink.values).last().isSameAs(end);
    }

    @Test
    void script_numberThenMatcherThenDefault_decideInThisOrder() {
        provider.script(Script.chunk("default").complete())
                .script(call -> call.attempt() == 2, Script.chunk("matched").complete())
                .script(call -> true, Script.chunk("also matched").complete())
                .script(1, Script.chunk("numbered").complete());

        provider.open(call(), sink);
        provider.open(callOf("glm-fast", 2), sink);
        provider.open(call(), sink);
        clock.runDue();

        assertThat(sink.events).contains("text numbered", "text matched", "text also matched");
        assertThat(provider.calls()).hasSize(3);
        assertThat(provider.calls().get(1).model().id()).isEqualTo("glm-fast");
    }

    @Test
    void hang_openedOnly_saysNothingMoreForEver() {
        provider.script(Script.after(SECOND).opened().hang());

        provider.open(call(), sink);
        clock.advance(Duration.ofDays(1));

        assertThat(sink.events).containsExactly("opened");
        assertThat(provider.inFlight()).isEqualTo(1);
        assertThat(provider.openExchanges()).singleElement().asString().contains("glm-1", "session s");
    }

    @Test
    void fail_supplier_reportsANewFailureEachTime() {
        provider.script(Script.fail(() -> Failures.rateLimited("glm", SECOND)));

        provider.open(call(), sink);
        provider.open(call(), sink);
        clock.runDue();

        assertThat(sink.events).containsExactly("failed RateLimitedException", "failed RateLimitedException");
        assertThat(sink.values.get(0)).isNotSameAs(sink.values.get(1));
        assertThat(provider.failed()).isEqualTo(2);
    }

    @Test
    void timeOut_reportsTheLimit() {
        provider.script(Script.after(SECOND).timeOut(AttemptTimeoutException.Limit.CONNECT, SECOND));

        provider.open(call(), sink);
        clock.advance(SECOND);

        assertThat(sink.events).containsExactly("timedOut");
    }

    @Test
    void throwOnOpen_startsNoExchange() {
        IllegalStateException refusal = new IllegalStateException("broken");
        provider.script(Script.throwOnOpen(refusal));

        assertThatThrownBy(() -> provider.open(call(), sink)).isSameAs(refusal);
        assertThat(provider.opened()).isZero();
        assertThat(provider.calls()).hasSize(1);
        assertThat(sink.events).isEmpty();
    }

    @Test
    void abort_midStream_reportsAbortedOnceAsATaskOfItsOwn() {
        provider.script(Script.chunk("a").after(SECOND).chunk("b").complete());
        Exchange exchange = provider.open(call(), sink);
        clock.runDue();

        exchange.abort();
        exchange.abort();
        assertThat(sink.events).containsExactly("opened", "text a");
        assertThat(provider.inFlight()).isZero();
        assertThat(provider.zombies()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(1));

        assertThat(sink.events).containsExactly("opened", "text a", "aborted");
        assertThat(provider.zombies()).isZero();
        assertThat(provider.aborted()).isEqualTo(1);
        assertThat(provider.openExchanges()).isEmpty();
    }

    @Test
    void abort_afterTheEnd_changesNothing() {
        provider.script(Script.complete());
        Exchange exchange = provider.open(call(), sink);
        clock.runDue();

        exchange.abort();
        clock.runDue();

        assertThat(sink.events).containsExactly("opened", "completed STOP");
        assertThat(provider.aborted()).isZero();
    }

    @Test
    void abort_withDelayedEnd_staysAZombieUntilThen() {
        provider.script(Script.hang().endAfterAbort(SECOND));
        Exchange exchange = provider.open(call(), sink);

        exchange.abort();
        clock.advance(SECOND.minusNanos(1));
        assertThat(provider.zombies()).isEqualTo(1);
        clock.advance(Duration.ofNanos(1));

        assertThat(provider.zombies()).isZero();
        assertThat(sink.events).containsExactly("aborted");
    }

    @Test
    void abort_ignored_succeedsLateAndCountsAsAborted() {
        provider.script(Script.after(SECOND).chunk("late").complete().ignoreAbort());
        Exchange exchange = provider.open(call(), sink);

        exchange.abort();
        clock.advance(SECOND);

        assertThat(sink.events).containsExactly("opened", "text late", "completed STOP");
        assertThat(provider.aborted()).isEqualTo(1);
        assertThat(provider.completed()).isZero();
    }

    @Test
    void abort_throws_stillEndsTheExchange() {
        IllegalStateException failure = new IllegalStateException("abort failed");
        provider.script(Script.hang().abortThrows(failure));
        Exchange exchange = provider.open(call(), sink);

        assertThatThrownBy(exchange::abort).isSameAs(failure);
        clock.runDue();

        assertThat(sink.events).containsExactly("aborted");
    }

    @Test
    void duplicateEnd_reportsItTwice() {
        provider.script(Script.chunk("x").complete().duplicateEnd());

        provider.open(call(), sink);
        clock.runDue();

        assertThat(sink.events).containsExactly("opened", "text x", "completed STOP", "completed STOP");
        assertThat(provider.completed()).isEqualTo(1);
        assertThatThrownBy(() -> Script.hang().duplicateEnd()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void followedBy_afterAnEnd_goesOnTalking() {
        provider.script(
                Script.complete().followedBy(Script.after(SECOND).chunk("ghost").hang()));

        provider.open(call(), sink);
        clock.advance(SECOND);

        assertThat(sink.events).containsExactly("opened", "completed STOP", "text ghost");
        assertThat(provider.inFlight()).isZero();
    }

    @Test
    void insideOpen_stepsUpToTheFirstWait_areToldBeforeOpenReturns() {
        provider.script(Script.chunk("at once").after(SECOND).complete().insideOpen());

        provider.open(call(), sink);
        assertThat(sink.events).containsExactly("opened", "text at once");
        clock.advance(SECOND);

        assertThat(sink.events).endsWith("completed STOP");
    }

    @Test
    void chunks_slowDrip_comesPieceByPiece() {
        provider.script(Script.opened().chunks(3, "x", SECOND).complete());

        provider.open(call(), sink);
        clock.advance(Duration.ofSeconds(2));
        assertThat(sink.events).containsExactly("opened", "text x", "text x");
        clock.advance(SECOND);

        assertThat(sink.events).endsWith("text x", "completed STOP");
    }

    @Test
    void counts_byModel_keepTheMost() {
        provider.script(Script.after(SECOND).complete());
        provider.open(callOf("glm-fast", 1), sink);
        provider.open(callOf("glm-fast", 1), sink);
        provider.open(call(), sink);
        assertThat(provider.inFlight("glm-fast")).isEqualTo(2);
        clock.advance(SECOND);
        provider.open(call(), sink);

        assertThat(provider.maxInFlight()).isEqualTo(3);
        assertThat(provider.maxInFlight("glm-fast")).isEqualTo(2);
        assertThat(provider.maxInFlight("glm-standard")).isEqualTo(1);
        assertThat(provider.inFlight("glm-fast")).isZero();
        assertThat(provider.inFlight("unknown")).isZero();
        assertThat(provider.maxInFlight("unknown")).isZero();
        assertThat(provider.opened()).isEqualTo(4);
    }

    @Test
    void counts_exchangeOpenedInsideAnEnd_isNoOverlap() {
        provider.script(Script.complete());
        RecordingSink second = new RecordingSink();
        provider.open(call(), new EndSink(() -> provider.open(call(), second)));
        clock.runDue();

        assertThat(second.events).containsExactly("opened", "completed STOP");
        assertThat(provider.maxInFlight()).isEqualTo(1);
    }

    @Test
    void model_firstOne_replacesTheDefaults() {
        assertThat(provider.catalog()).extracting(ModelInfo::id).containsExactly("glm-standard", "glm-fast");

        provider.model(ModelInfo.builder("a").build())
                .model(ModelInfo.builder("b").build());

        assertThat(provider.catalog()).extracting(ModelInfo::id).containsExactly("a", "b");
    }

    @Test
    void deliverOn_executor_tellsSinksThere() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        provider.deliverOn(tasks::add).script(Script.chunk("x").complete());
        provider.open(call(), sink);
        clock.runDue();
        assertThat(sink.events).isEmpty();

        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            clock.runDue();
        }

        assertThat(sink.events).containsExactly("opened", "text x", "completed STOP");
    }

    @Test
    void close_openExchanges_areAbortedAndOpenRefuses() {
        provider.script(Script.hang());
        provider.open(call(), sink);

        provider.close();
        provider.close();
        clock.runDue();

        assertThat(sink.events).containsExactly("aborted");
        assertThatThrownBy(() -> provider.open(call(), sink)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void script_randomDelays_sameSeedSameRun() {
        assertThat(traceOfRandomDelays(5)).isEqualTo(traceOfRandomDelays(5));
        assertThat(traceOfRandomDelays(5)).isNotEqualTo(traceOfRandomDelays(6));
    }

    private List<String> traceOfRandomDelays(long seed) {
        Simulation simulation = Simulation.withSeed(seed);
        ScriptedProvider each = ScriptedProvider.named("glm", simulation.scheduler());
        each.script(Script.after(() -> Duration.ofMillis(simulation.random().nextInt(1000)))
                .chunk("x")
                .complete());
        List<String> ends = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            each.open(
                    callOf(simulation.scheduler(), "m", 1),
                    new EndSink(() -> ends.add(number + " at " + simulation.now())));
        }
        simulation.run();
        return ends;
    }

    // a chunk is being told | abort: the end comes after the chunk, never at the same time
    @Test
    void abort_whileAPieceIsBeingTold_endsAfterIt() throws Exception {
        try (SystemScheduler real = SystemScheduler.create("test-timer")) {
            ScriptedProvider each = ScriptedProvider.named("glm", real);
            each.script(Script.chunk("x").after(Duration.ofHours(1)).complete());
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            RecordingSink slow = new RecordingSink();
            Exchange exchange = each.open(callOf(real, "m", 1), new ForwardingSink(slow) {
                @Override
                public void chunk(dev.exai.message.Chunk chunk) {
                    inside.countDown();
                    awaitQuietly(goOn);
                    super.chunk(chunk);
                }

                @Override
                public void aborted() {
                    super.aborted();
                    over.countDown();
                }
            });
            assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();

            exchange.abort();
            assertThat(each.inFlight()).isZero();
            goOn.countDown();

            assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(slow.events).containsExactly("opened", "text x", "aborted");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProviderCall call() {
        return callOf("glm-standard", 1);
    }

    private ProviderCall callOf(String model, int attempt) {
        return callOf(clock, model, attempt);
    }

    static ProviderCall callOf(Scheduler scheduler, String model, int attempt) {
        CallContext context =
                CallContext.create(SessionId.of("s"), "test", Deadline.after(Duration.ofMinutes(5), scheduler));
        return ProviderCall.of(
                context, ModelInfo.builder(model).build(), ChatRequest.of("Say hi"), attempt, LivenessLimits.plain());
    }

    private static class ForwardingSink extends EndSink {
        private final RecordingSink target;

        ForwardingSink(RecordingSink target) {
            super(() -> {});
            this.target = target;
        }

        @Override
        public void opened() {
            target.opened();
        }

        @Override
        public void chunk(dev.exai.message.Chunk chunk) {
            target.chunk(chunk);
        }

        @Override
        public void aborted() {
            target.aborted();
        }
    }
}

package dev.exai.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.spi.Exchange;
import dev.exai.testkit.time.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which exchange gets which script, how long it takes, and what the limits let in. */
@Timeout(20)
class ScriptChoiceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualScheduler clock = ManualScheduler.create();
    private final ScriptedProvider provider = ScriptedProvider.named("glm", clock);

    private static Script say(String text) {
        return Script.chunk(text).complete();
    }

    private String answer(String model) {
        RecordingSink sink = open(model);
        clock.runDue();
        return sink.events.get(1);
    }

    private RecordingSink open(String model) {
        RecordingSink sink = new RecordingSink();
        provider.open(ScriptedProviderTest.callOf(clock, model, 1), sink);
        return sink;
    }

    @Test
    void script_perModelRangeAndTime_theFirstRuleThatMatchesDecides() {
        provider.script(say("default"))
                .script(2, say("second"))
                .script(1, 3, say("early"))
                .script("glm-fast", say("fast"))
                .script(SECOND, Duration.ofSeconds(2), say("in that second"));

        assertThat(answer("glm-fast")).isEqualTo("text early");
        assertThat(answer("glm-fast")).isEqualTo("text second");
        assertThat(answer("glm-standard")).isEqualTo("text early");
        assertThat(answer("glm-fast")).isEqualTo("text fast");
        assertThat(answer("glm-standard")).isEqualTo("text default");
        clock.advance(SECOND);
        assertThat(answer("glm-standard")).isEqualTo("text in that second");
        clock.advance(SECOND);
        assertThat(answer("glm-standard")).isEqualTo("text default");
    }

    @Test
    void sometimes_sameSeed_meetsTheSameExchanges() {
        List<String> once = answersOfAThirdOverloaded(1);

        assertThat(once).isEqualTo(answersOfAThirdOverloaded(1)).isNotEqualTo(answersOfAThirdOverloaded(2));
        assertThat(once.stream().filter("failed UnavailableException"::equals)).hasSizeBetween(70, 130);
    }

    private List<String> answersOfAThirdOverloaded(long seed) {
        ScriptedProvider flaky = ScriptedProvider.named("kimi", clock)
                .seed(seed)
                .sometimes(1.0 / 3, Script.refuse(Failures::unavailable))
                .script(Script.complete());
        List<String> ends = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            RecordingSink sink = new RecordingSink();
            flaky.open(ScriptedProviderTest.callOf(clock, "m", 1), sink);
            clock.runDue();
            ends.add(sink.events.get(sink.events.size() - 1));
        }
        return ends;
    }

    @Test
    void after_latency_isSampledByTheNumberOfTheExchangeAndTheSeed() {
        assertThat(firstEvents(1, 20)).isEqualTo(firstEvents(1, 20)).doesNotHaveDuplicates();
        assertThat(firstEvents(1, 20)).isNotEqualTo(firstEvents(2, 20));
    }

    private List<Duration> firstEvents(long seed, int count) {
        ManualScheduler own = ManualScheduler.create();
        ScriptedProvider slow = ScriptedProvider.named("glm", own)
                .seed(seed)
                .script(Script.after(Latency.logNormal(SECOND, Duration.ofSeconds(9)))
                        .chunk("x")
                        .complete());
        List<Duration> moments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            slow.open(ScriptedProviderTest.callOf(clock, "m", 1), new RecordingSink() {
                @Override
                public void opened() {
                    moments.add(own.elapsed());
                }
            });
        }
        own.advance(Duration.ofHours(1));
        return moments;
    }

    @Test
    void tokens_atARate_comeWithoutDriftAndAreCounted() {
        provider.script(Script.tokens(700, 7).complete());

        RecordingSink sink = open("m");
        clock.advance(Duration.ofSeconds(50));
        assertThat(sink.events).hasSize(1 + 350);
        clock.advance(Duration.ofSeconds(50));

        assertThat(sink.events).hasSize(1 + 700 + 1).endsWith("completed STOP");
        dev.exai.spi.ReplyEnd end = (dev.exai.spi.ReplyEnd) sink.values.get(701);
        assertThat(end.usage().completionTokens()).isEqualTo(700);
    }

    @Test
    void tokens_withALatencyBetween_takeASampleEach() {
        provider.script(Script.opened()
                .tokens(3, Latency.uniform(SECOND, Duration.ofSeconds(2)))
                .complete());

        RecordingSink sink = open("m");
        clock.advance(Duration.ofSeconds(3));
        assertThat(sink.events).hasSizeBetween(2, 3);
        clock.advance(Duration.ofSeconds(3));
        assertThat(sink.events).endsWith("completed STOP");
    }

    @Test
    void oversized_answer_hasAsManyCharactersAsAsked() {
        provider.script(Script.oversized(200_000));

        RecordingSink sink = open("m");
        clock.runDue();

        assertThat(sink.events.stream()
                        .mapToInt(each -> each.startsWith("text ") ? each.length() - 5 : 0)
                        .sum())
                .isEqualTo(200_000);
        assertThat(sink.events).hasSize(1 + 4 + 1);
    }

    @Test
    void endsOfOtherKinds_reportWhatTheyAre() {
        provider.script(1, Script.chunk("par").cut())
                .script(2, Script.chunk("par").garbage())
                .script(3, Script.opened().keepAliveForEver(SECOND));

        assertThat(ended("m")).containsExactly("opened", "text par", "failed UnavailableException");
        assertThat(ended("m")).containsExactly("opened", "text par", "failed MalformedReplyException");
        assertThat(ended("m")).containsExactly("opened");
        assertThat(provider.inFlight()).isEqualTo(1);
    }

    private List<String> ended(String model) {
        RecordingSink sink = open(model);
        clock.advance(Duration.ofDays(1));
        return sink.events;
    }

    @Test
    void storm_withAndWithoutRetryAfter_saysSo() {
        provider.storm(1, 2, Duration.ofSeconds(86_400)).storm(3, 3, null).script(Script.complete());

        assertThat(failure())
                .isInstanceOfSatisfying(
                        RateLimitedException.class,
                        limited -> assertThat(limited.retryAfter()).contains(Duration.ofDays(1)));
        assertThat(failure()).isInstanceOf(RateLimitedException.class);
        assertThat(failure())
                .isInstanceOfSatisfying(
                        RateLimitedException.class,
                        limited -> assertThat(limited.retryAfter()).isEmpty());
        assertThat(ended("m")).endsWith("completed STOP");
    }

    private Object failure() {
        RecordingSink sink = open("m");
        clock.runDue();
        return sink.values.get(sink.values.size() - 1);
    }

    @Test
    void rates_glm_refuseWhatWouldBeOneTooManyAtAModel() {
        provider.rates(RateModel.glm(1)).script(Script.opened().hang());
        RecordingSink first = open("a");

        RecordingSink second = open("a");
        open("b");
        clock.runDue();

        assertThat(first.events).containsExactly("opened");
        assertThat(second.events).containsExactly("failed RateLimitedException");
        assertThat(((RateLimitedException) second.values.get(0)).scope())
                .isEqualTo(RateLimitedException.Scope.CONCURRENCY);
        assertThat(provider.refused()).isEqualTo(1);
        assertThat(provider.opened()).isEqualTo(2);
        assertThat(provider.failed()).isZero();
        assertThat(provider.maxInFlight("a")).isEqualTo(1);
        assertThat(provider.counts().openedAt("b")).isEqualTo(1);
        assertThat(provider.openExchanges()).hasSize(2);
    }

    @Test
    void rates_anAbort_givesThePlaceBackBeforeItReturns() {
        provider.rates(RateModel.glm(1)).script(Script.opened().hang().endAfterAbort(SECOND));
        Exchange hung = provider.open(ScriptedProviderTest.callOf(clock, "a", 1), new RecordingSink());

        hung.abort();

        assertThat(ended("a")).containsExactly("opened");
        assertThat(provider.counts().abortedAt("a")).isEqualTo(1);
    }

    @Test
    void rates_kimi_reserveTokensAtAdmissionOnTheProvidersClock() {
        int most = ScriptedProviderTest.callOf(clock, "m", 1).maxOutputTokens();
        provider.rates(RateModel.kimi(9, 9, 2L * most + 100)).script(Script.complete());

        assertThat(ended("m")).endsWith("completed STOP");
        RecordingSink second = open("m");
        RecordingSink third = open("m");
        RecordingSink fourth = open("m");
        clock.advance(Duration.ofMinutes(1));

        assertThat(second.events).endsWith("completed STOP");
        assertThat(third.events).endsWith("completed STOP");
        assertThat(((RateLimitedException) fourth.values.get(0)).scope()).isEqualTo(RateLimitedException.Scope.TOKENS);
        assertThat(((RateLimitedException) fourth.values.get(0)).retryAfter()).contains(SECOND);
        assertThat(ended("m")).endsWith("completed STOP");
    }

    @Test
    void rates_daysTokens_areAQuota() {
        provider.rates(RateModel.unlimited().tokensPerDay(1));

        assertThat(failure()).isInstanceOf(QuotaExhaustedException.class);
    }

    @Test
    void withdraw_model_isGoneFromTheCatalogueAndRefused() {
        provider.withdraw("glm-fast");

        assertThat(provider.catalog()).singleElement().extracting("id").isEqualTo("glm-standard");
        RecordingSink sink = open("glm-fast");
        clock.runDue();
        assertThat(sink.values.get(0)).isInstanceOf(RejectedException.class);
        assertThat(provider.refused()).isEqualTo(1);
        assertThat(provider.opened()).isZero();
    }

    @Test // I9: whoever cancels is not held up; the rule that abort never blocks is broken here on purpose
    void abortBlocks_latch_holdsTheThreadThatAborts() throws Exception {
        CountDownLatch until = new CountDownLatch(1);
        CountDownLatch returned = new CountDownLatch(1);
        provider.script(Script.hang().abortBlocks(until));
        Exchange exchange = provider.open(ScriptedProviderTest.callOf(clock, "m", 1), new RecordingSink());
        Thread aborter = new Thread(() -> {
            exchange.abort();
            returned.countDown();
        });
        aborter.start();

        while (provider.aborted() == 0) {
            Thread.onSpinWait();
        }
        assertThat(returned.getCount()).isEqualTo(1);
        until.countDown();
        assertThat(returned.await(10, TimeUnit.SECONDS)).isTrue();
        aborter.join();
    }

    @Test
    void misuse_isRefusedAtOnce() {
        Script any = Script.complete();
        assertThatThrownBy(() -> provider.script(0, any)).hasMessageContaining("number < 1");
        assertThatThrownBy(() -> provider.script(3, 2, any)).hasMessageContaining("last < first");
        assertThatThrownBy(() -> provider.sometimes(1.1, any)).hasMessageContaining("1.1");
        assertThatThrownBy(() -> provider.script(SECOND, SECOND, any)).hasMessageContaining("not a span");
        assertThatThrownBy(() -> Script.tokens(1, 0)).hasMessageContaining("not a rate");
        assertThatThrownBy(() -> Script.tokens(0, 1)).hasMessageContaining("count < 1");
        assertThatThrownBy(() -> Script.oversized(0)).hasMessageContaining("chars < 1");
    }
}

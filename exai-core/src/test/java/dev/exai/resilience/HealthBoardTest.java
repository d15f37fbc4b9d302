package dev.exai.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.CircuitOpenException.Reason;
import dev.exai.error.ErrorContext;
import dev.exai.error.ExaiException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.event.ExaiEvent;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PermitPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Who may be asked, and what that follows from")
class HealthBoardTest {
    private static final ProviderId GLM = ProviderId.of("glm");
    private static final ProviderId KIMI = ProviderId.of("kimi");
    private static final SessionId SESSION = SessionId.of("s");
    private static final UpstreamError UPSTREAM = UpstreamError.of("glm");
    private static final ExaiException DOWN = new UnavailableException(UPSTREAM, null);

    private final FakeScheduler clock = new FakeScheduler();
    private final List<ExaiEvent> events = new ArrayList<>();
    private final PermitPool pool =
            PermitPool.builder(PermitLimits.forDevelopment(), clock).build();
    private final HealthBoard board = new HealthBoard(pool, clock, events::add, Resilience.defaults());
    private final CallContext context =
            CallContext.create(SESSION, "chat", Deadline.after(Duration.ofMinutes(20), clock));

    private HealthBoard.Leave leave(ProviderId provider, String model) {
        return board.admit(context, provider, model);
    }

    private void fail(String model, int times, ExaiException failure) {
        for (int i = 0; i < times; i++) {
            leave(GLM, model).failed(failure);
        }
    }

    private List<String> told() {
        return events.stream()
                .map(event ->
                        event.getClass().getSimpleName() + " " + event.detail().replaceAll(":.*", ""))
                .toList();
    }

    @Test
    @DisplayName("R4 R5: the circuit is of provider and model, and whoever asks by these finds it open")
    void admit_oneModelFails_onlyThatIsNotAsked() {
        fail("a", 5, DOWN);

        assertThatThrownBy(() -> leave(GLM, "a")).isInstanceOfSatisfying(CircuitOpenException.class, open -> {
            assertThat(open.nextProbe()).isEqualTo(Duration.ofSeconds(5));
            assertThat(open.isRetryable()).isTrue();
        });
        assertThat(board.refusal(GLM, "a")).isPresent();
        assertThat(board.refusal(GLM, "b")).isEmpty();
        assertThat(board.refusal(KIMI, "a")).isEmpty();
        leave(GLM, "b").answered();
        assertThat(board.view().condition(GLM, "a")).isEqualTo(Condition.DOWN);
        assertThat(board.view().condition(GLM, "b")).isEqualTo(Condition.WELL);
    }

    @Test
    @DisplayName("R4: broken streams and silences count, what the caller did wrong does not")
    void failed_kinds_onlyOutagesCount() {
        fail("a", 20, new RejectedException(UPSTREAM.withStatus(400)));
        fail("a", 20, new RateLimitedException(UPSTREAM, RateLimitedException.Scope.CONCURRENCY, null));
        for (int i = 0; i < 20; i++) {
            leave(GLM, "a").abandoned();
        }
        assertThat(board.refusal(GLM, "a")).isEmpty();

        fail("a", 2, new MalformedReplyException(UPSTREAM, null));
        fail("a", 3, new AttemptTimeoutException(AttemptTimeoutException.Limit.SILENCE, Duration.ofSeconds(60)));

        assertThat(board.refusal(GLM, "a")).isPresent();
        assertThat(board.report().models().get(0).failures())
                .isEqualTo(Map.of(
                        "RejectedException",
                        20L,
                        "RateLimitedException",
                        20L,
                        "MalformedReplyException",
                        2L,
                        "AttemptTimeoutException",
                        3L));
    }

    @Test
    void failed_outOfBalance_parksTheProviderUntilTold() {
        leave(GLM, "a").failed(new QuotaExhaustedException(UPSTREAM, null));

        assertThat(board.refusal(GLM, "b").orElseThrow().reason()).isEqualTo(Reason.OUT_OF_BALANCE);
        assertThat(board.view().condition(GLM, "whatever")).isEqualTo(Condition.DOWN);
        assertThat(board.report().providers().get(0).isParked()).isTrue();

        board.resume(GLM);

        assertThat(board.refusal(GLM, "b")).isEmpty();
        assertThat(told()).containsExactly("CircuitOpened glm", "CircuitClosed glm");
    }

    @Test
    void failed_outOfBalance_aProbeThatSucceedsEndsIt() {
        leave(GLM, "a").failed(new QuotaExhaustedException(UPSTREAM, null));
        clock.advance(Duration.ofMinutes(10));

        HealthBoard.Leave probe = leave(GLM, "a");
        assertThatThrownBy(() -> leave(GLM, "b")).isInstanceOf(CircuitOpenException.class);
        probe.failed(new QuotaExhaustedException(UPSTREAM, null));
        assertThat(board.refusal(GLM, "a").orElseThrow().nextProbe()).isEqualTo(Duration.ofMinutes(20));
        clock.advance(Duration.ofMinutes(20));
        leave(GLM, "a").answered();

        assertThat(board.refusal(GLM, "a")).isEmpty();
        assertThat(told()).containsExactly("CircuitOpened glm", "CircuitProbeFailed glm", "CircuitClosed glm");
    }

    @Test
    @DisplayName("a probe of the account that finds the model's own circuit open is given back")
    void admit_accountMayBeProbedButModelMayNot_probeIsGivenBack() {
        leave(GLM, "b").failed(new QuotaExhaustedException(UPSTREAM, null));
        clock.advance(Duration.ofMinutes(10));
        leave(GLM, "a").failed(new RejectedException(UPSTREAM.withStatus(404)));

        assertThatThrownBy(() -> leave(GLM, "a"))
                .isInstanceOfSatisfying(
                        CircuitOpenException.class,
                        open -> assertThat(open.reason()).isEqualTo(Reason.MODEL_GONE));
        leave(GLM, "c").answered();

        assertThat(board.refusal(GLM, "b")).isEmpty();
    }

    @Test
    @DisplayName("a session that is closed leaves nothing behind: who comes under its id begins anew")
    void forget_session_itsBudgetIsGone() {
        board.called(SESSION, GLM);
        int retries = 0;
        while (board.mayRetry(SESSION, GLM)) {
            retries++;
        }
        assertThat(retries).isEqualTo(10);
        assertThat(board.mayRetry(SESSION, KIMI))
                .as("the session's own budget is used up")
                .isFalse();

        board.forget(SESSION);

        assertThat(board.mayRetry(SESSION, KIMI)).isTrue();
    }

    static Stream<RejectedException> modelGone() {
        return Stream.of(
                new RejectedException(UPSTREAM.withStatus(404)),
                RejectedException.modelGone(UPSTREAM.withStatus(400).withCode("1211")));
    }

    @ParameterizedTest
    @MethodSource("modelGone")
    @DisplayName("whoever says that there is no such model, by the status or by a code of its own")
    void failed_modelGone_onlyThatModelIsDown(RejectedException gone) {
        leave(GLM, "a")
                .failed((RejectedException) gone.in(ErrorContext.unknown().withModel("a")));

        assertThat(board.refusal(GLM, "a").orElseThrow().reason()).isEqualTo(Reason.MODEL_GONE);
        assertThat(board.refusal(GLM, "b")).isEmpty();
    }

    @Test
    @DisplayName("zombies above the limit: the provider is not asked until they end")
    void zombies_tooMany_nobodyIsAsked() {
        for (int i = 1; i <= 33; i++) {
            assertThat(board.zombieBorn(GLM)).isEqualTo(i == 33);
        }
        board.lookAtZombies(GLM);
        assertThatThrownBy(() -> leave(GLM, "a"))
                .isInstanceOfSatisfying(
                        CircuitOpenException.class,
                        open -> assertThat(open.reason()).isEqualTo(Reason.ZOMBIES))
                .hasMessageContaining("33 aborted exchanges");
        assertThat(board.view().condition(GLM, "a")).isEqualTo(Condition.DOWN);
        assertThat(board.zombieGone(GLM)).isTrue();
        board.lookAtZombies(GLM);
        board.lookAtZombies(GLM);
        leave(GLM, "a").answered();
        assertThat(told()).containsExactly("CircuitOpened glm", "CircuitClosed glm");
    }

    @Test
    void view_doesNotChange_andWordOfChangesIsGiven() {
        List<String> words = new ArrayList<>();
        board.onChange(() -> words.add("changed"));
        HealthView before = board.view();

        fail("a", 5, DOWN);

        assertThat(words).hasSize(1);
        assertThat(before.condition(GLM, "a")).isEqualTo(Condition.WELL);
        clock.advance(Duration.ofSeconds(5));
        assertThat(words).as("it may be tried again").hasSize(2);
        assertThat(board.view().condition(GLM, "a"))
                .as("so that somebody does try it")
                .isNotEqualTo(Condition.DOWN);
    }

    @Test
    void view_failsNowAndThen_isStrained() {
        for (int i = 0; i < 10; i++) {
            leave(GLM, "a").answered();
        }
        fail("a", 3, DOWN);

        assertThat(board.view().condition(GLM, "a")).isEqualTo(Condition.STRAINED);
        assertThat(board.report().isWell()).isFalse();
        assertThat(board.report().toString()).contains("glm/a: STRAINED, circuit closed, 3 of 13 failed");
    }

    @Test
    @DisplayName("D9: what callers name does not fill the memory")
    void admit_endlessNames_areBounded() {
        for (int i = 0; i < 10_000; i++) {
            leave(GLM, "model-" + i).answered();
            board.called(SessionId.of("s" + i), GLM);
        }
        assertThat(board.report().models()).hasSizeLessThanOrEqualTo(1_000);
    }

    @Test
    void mayRetry_providerOrSessionUsedUp_refuses() {
        for (int i = 0; i < 10; i++) {
            assertThat(board.mayRetry(SESSION, GLM)).isTrue();
        }
        assertThat(board.mayRetry(SESSION, KIMI))
                .as("the session's are used up")
                .isFalse();
        assertThat(board.mayRetry(SessionId.of("t"), GLM))
                .as("the provider's are")
                .isFalse();
        assertThat(board.mayRetry(SessionId.of("t"), KIMI)).isTrue();
        clock.advance(Duration.ofSeconds(66));
        assertThat(board.mayRetry(SESSION, GLM)).isTrue();
    }
}

package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AttemptTimeoutException.Limit;
import dev.exai.error.AuthenticationException;
import dev.exai.error.CallCancelledException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ExaiException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The corridor over real sockets, in both wire formats. Times are bounded generously: what is asserted is order, counts
 * and kinds of errors.
 */
@Timeout(60)
class SocketCorridorTest {
    private static final Duration LIMIT = Duration.ofMillis(300);
    private static final Duration GENEROUS = Duration.ofSeconds(10);
    private static final CallOptions ONCE = CallOptions.builder()
            .maxAttempts(1)
            .firstEvent(LIMIT)
            .silence(LIMIT)
            .deadline(Duration.ofSeconds(20))
            .build();

    private interface Body {
        void run(FakeProviderServer server, Exai exai, Session session) throws Exception;
    }

    /** Runs a test in a session, then looks whether anything is left on either side. */
    private static void with(Vendor vendor, Body body) throws Exception {
        try (FakeProviderServer server = vendor.server();
                Exai exai = Exai.builder(vendor.client(server)).seed(7).build();
                Session session = exai.openSession("test")) {
            body.run(server, exai, session);
            assertThat(exai.audit().problems()).isEmpty();
            assertThat(exai.snapshot().isIdle()).isTrue();
            server.awaitNoOpenExchanges(GENEROUS);
        }
    }

    private static ChatRequest ask(String text) {
        return ChatRequest.of(text);
    }

    private static ExaiException failureOf(ChatCall call) throws InterruptedException {
        try {
            call.await();
        } catch (ExaiException e) {
            return e;
        }
        throw new AssertionError("it succeeded: " + call);
    }

    @ParameterizedTest
    @EnumSource
    void chat_streamed_repliesWholeWithReasoningAndUsage(Vendor vendor) throws Exception {
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.reasoning("let me ")
                    .reasoning("think")
                    .text("hel")
                    .text("lo")
                    .complete());

            ChatCall call = session.chat(ask("greet me"));
            ChatReply reply = call.await();

            assertThat(reply.text()).isEqualTo("hello");
            assertThat(reply.reasoning()).contains("let me think");
            assertThat(reply.provider()).isEqualTo(vendor.name().toLowerCase(Locale.ROOT));
            assertThat(reply.model()).isEqualTo(vendor.model());
            assertThat(reply.usage().totalTokens()).isPositive();
            assertThat(server.requests().get(0).stream()).isTrue();
            assertThat(server.requests().get(0).authorizedWith(Vendor.KEY)).isTrue();
            assertThat(call.chunks()).extracting(Chunk::toString).hasSize(4);
        });
    }

    @ParameterizedTest
    @EnumSource
    void hangBeforeHeaders_meetsFirstEventLimit_andIsAborted(Vendor vendor) throws Exception { // I8
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.hang());

            ExaiException failure = failureOf(session.chat(ask("hang"), ONCE));

            assertThat(failure)
                    .isInstanceOfSatisfying(
                            AttemptTimeoutException.class,
                            e -> assertThat(e.limit()).isEqualTo(Limit.FIRST_EVENT));
            server.awaitNoOpenExchanges(GENEROUS);
            assertThat(server.abortedByClient()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void hangAfterHeaders_meetsFirstEventLimit(Vendor vendor) throws Exception { // I8: headers are no progress
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.headers().hang());

            ExaiException failure = failureOf(session.chat(ask("hang"), ONCE));

            assertThat(failure)
                    .isInstanceOfSatisfying(
                            AttemptTimeoutException.class,
                            e -> assertThat(e.limit()).isEqualTo(Limit.FIRST_EVENT));
        });
    }

    @ParameterizedTest
    @EnumSource
    void stallInMidStream_meetsSilenceLimit(Vendor vendor) throws Exception { // I8
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.text("once upon").hang());

            ExaiException failure = failureOf(session.chat(ask("hang"), ONCE));

            assertThat(failure)
                    .isInstanceOfSatisfying(
                            AttemptTimeoutException.class,
                            e -> assertThat(e.limit()).isEqualTo(Limit.SILENCE));
        });
    }

    @ParameterizedTest
    @EnumSource
    void keepAliveForEver_isNoProgress(Vendor vendor) throws Exception { // I8
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.text("once upon").keepAliveForEver(Duration.ofMillis(20)));

            ExaiException failure = failureOf(session.chat(ask("hang"), ONCE));

            assertThat(failure)
                    .isInstanceOfSatisfying(
                            AttemptTimeoutException.class,
                            e -> assertThat(e.limit()).isEqualTo(Limit.SILENCE));
        });
    }

    @ParameterizedTest
    @EnumSource
    void slowDrip_withinTheSilenceLimit_isLeftAlone(Vendor vendor) throws Exception {
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.after(Duration.ZERO)
                    .texts(12, "drip ", Duration.ofMillis(60))
                    .complete());

            assertThat(session.chat(ask("drip"), ONCE).await().text()).isEqualTo("drip ".repeat(12));
        });
    }

    @ParameterizedTest
    @EnumSource
    void deadline_overAHang_endsTheCall(Vendor vendor) throws Exception { // I8
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.hang());

            long start = System.nanoTime();
            ExaiException failure = failureOf(session.chat(ask("hang"), CallOptions.within(LIMIT)));

            assertThat(failure).isInstanceOf(DeadlineExceededException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(LIMIT, GENEROUS);
            assertThat(server.requests()).hasSize(1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void cutInMidStream_unseen_isTriedAgainAndNotDoubled(Vendor vendor) throws Exception {
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.text("whole").complete())
                    .script(1, HttpScript.text("who").reset());

            ChatCall call = session.chat(ask("tell me"));

            assertThat(call.await().text()).isEqualTo("whole");
            assertThat(server.requests()).hasSize(2);
        });
    }

    @ParameterizedTest
    @EnumSource
    void cutInMidStream_seenByTheReader_isNotTriedAgain(Vendor vendor) throws Exception {
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.text("who").after(LIMIT).reset());
            ChatCall call = session.chat(ask("tell me"));

            assertThat(call.chunks().iterator().next()).isInstanceOf(Chunk.Text.class);

            assertThat(failureOf(call).isRetryable()).isTrue();
            assertThat(server.requests()).hasSize(1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void rateLimited_once_isTriedAgain(Vendor vendor) throws Exception {
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.text("ok").complete()).script(1, HttpScript.refuse(Refusal.CONCURRENCY));

            ChatCall call = session.chat(ask("now"));

            assertThat(call.await().text()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(2);
            assertThat(call.timeline().toString()).contains("backing off");
        });
    }

    @ParameterizedTest
    @EnumSource
    void quotaExhausted_isNotTriedAgain_although429(Vendor vendor) throws Exception {
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.refuse(Refusal.QUOTA_EXHAUSTED));

            ExaiException failure = failureOf(session.chat(ask("now")));

            assertThat(failure).isInstanceOf(QuotaExhaustedException.class);
            assertThat(failure.isRetryable()).isFalse();
            assertThat(server.requests()).hasSize(1);
        });
    }

    @ParameterizedTest
    @EnumSource
    void serverError_lasting_failsAfterThreeAttempts_withTheEarlierOnesAttached(Vendor vendor) throws Exception {
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.respond(500, "text/html", "<html>oops</html>"));

            ExaiException failure = failureOf(session.chat(ask("now")));

            assertThat(failure.isRetryable()).isTrue();
            assertThat(failure.getSuppressed()).hasSize(2);
            assertThat(server.requests()).hasSize(3); // one retry layer: nothing under it tries again
        });
    }

    @ParameterizedTest
    @EnumSource
    void wrongKey_isRefused_andTheKeyIsNowhere(Vendor vendor) throws Exception { // I11
        with(vendor, (server, exai, session) -> {
            server.requireKey("another-key");

            ChatCall call = session.chat(ask("now"));
            ExaiException failure = failureOf(call);

            assertThat(failure).isInstanceOf(AuthenticationException.class);
            String everything = failure + " " + failure.getMessage() + call + call.timeline() + exai + exai.audit()
                    + exai.sessions() + session + server.requests();
            assertThat(everything).doesNotContain("canary");
        });
    }

    @ParameterizedTest
    @EnumSource
    void cancel_whileTheServerHangs_givesThePermitBackAndClosesTheSocket(Vendor vendor) throws Exception { // I7, I9
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.headers().text("once").hang());
            ChatCall call = session.chat(ask("hang"));
            call.chunks().iterator().next();

            boolean cancelled = call.cancel("enough");

            assertThat(cancelled).isTrue();
            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
            assertThat(exai.snapshot().isIdle()).isTrue();
            server.awaitNoOpenExchanges(GENEROUS);
            assertThat(server.abortedByClient()).isEqualTo(1);
            assertThatThrownBy(call::await).isInstanceOf(CallCancelledException.class);
        });
    }

    @ParameterizedTest
    @EnumSource
    void cancel_atManyMoments_leavesNothingOpen(Vendor vendor) throws Exception { // I1, I5, I7, I9
        with(vendor, (server, exai, session) -> {
            server.script(HttpScript.after(Duration.ofMillis(2))
                    .texts(5, "w ", Duration.ofMillis(2))
                    .complete());
            Random random = new Random(11);
            for (int i = 0; i < 60; i++) {
                ChatCall call = session.chat(ask("story"));
                long until = System.nanoTime() + random.nextInt(20_000_000);
                while (System.nanoTime() - until < 0) {
                    Thread.onSpinWait();
                }
                call.cancel("enough");
                assertThat(call.isDone()).isTrue();
                assertThat(exai.snapshot().isIdle()).isTrue();
            }
            server.awaitNoOpenExchanges(GENEROUS);
            await().atMost(GENEROUS).until(() -> exai.zombies() == 0);
        });
    }

    @ParameterizedTest
    @EnumSource
    void manyCalls_ofManySessions_neverExceedTheLimit_byTheServersCount(Vendor vendor) throws Exception { // I1
        try (FakeProviderServer server = vendor.server();
                Exai exai = Exai.builder(vendor.client(server)).build()) {
            // Longer than the server waits for news of clients that have left, or one call too many would find a place.
            server.script(HttpScript.after(Duration.ofMillis(100)).text("ok").complete());
            List<ChatCall> calls = new ArrayList<>();
            for (int s = 0; s < 5; s++) {
                Session session = exai.openSession("agent");
                for (int c = 0; c < 6; c++) {
                    calls.add(session.chat(ask("hello")));
                }
            }

            for (ChatCall call : calls) {
                call.await();
            }

            assertThat(server.maxInFlight()).isLessThanOrEqualTo(3);
            assertThat(server.completed()).isEqualTo(30);
            assertThat(exai.snapshot().isIdle()).isTrue();
            assertThat(exai.audit().problems()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void queued_untilTheDeadline_saysWhoWasInTheWay(Vendor vendor) throws Exception { // I2, I8
        try (FakeProviderServer server = vendor.server();
                Exai exai = Exai.builder(vendor.client(server))
                        .limits(PermitLimits.builder()
                                .provider(vendor.name().toLowerCase(Locale.ROOT), 1)
                                .build())
                        .build();
                Session first = exai.openSession("first");
                Session second = exai.openSession("second")) {
            server.script(HttpScript.hang());
            ChatCall hung = first.chat(ask("hang"));
            server.awaitInFlight(1, GENEROUS);

            ExaiException failure = failureOf(second.chat(ask("me too"), CallOptions.within(LIMIT)));

            assertThat(failure)
                    .isInstanceOfSatisfying(
                            DeadlineExceededException.class,
                            e -> assertThat(e.stage()).isEqualTo(DeadlineExceededException.Stage.QUEUED))
                    .hasRootCauseMessage(failure.getCause().getMessage());
            assertThat(failure.getCause()).hasMessageContaining("1 of 1 held");
            assertThat(exai.audit().holders()).hasSize(1);
            assertThat(exai.audit().toString()).contains("HELD first/1").contains("SocketCorridorTest");
            hung.cancel("done");
        }
    }

    @ParameterizedTest
    @EnumSource
    void close_withCallsInFlight_endsThemAndTheirSockets(Vendor vendor) throws Exception { // I6, I7
        try (FakeProviderServer server = vendor.server()) {
            server.script(HttpScript.text("once").hang());
            Exai exai = Exai.builder(vendor.client(server)).build();
            Session session = exai.openSession("agent");
            List<ChatCall> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(session.chat(ask("hang")));
            }
            server.awaitInFlight(2, GENEROUS);

            exai.close();

            assertThat(calls).allMatch(call -> call.state() == CallState.CANCELLED);
            assertThat(exai.snapshot().isIdle()).isTrue();
            server.awaitNoOpenExchanges(GENEROUS);
            assertThatThrownBy(() -> calls.get(0).toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(CallCancelledException.class);
        }
    }
}

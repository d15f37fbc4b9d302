package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.exai.Exai;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.error.CallCancelledException;
import dev.exai.message.ChatReply;
import dev.exai.permit.PermitLimits;
import dev.exai.providers.glm.GlmProvider;
import dev.exai.session.Session;
import dev.exai.spi.ApiKey;
import dev.exai.testkit.LeakCheck;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cancels a call at every stage, in every way, over real sockets. A name look-up that hangs is tried beside the
 * transport, by {@code CancelInLookupTest}.
 */
@Timeout(60)
class CancelOnSocketsTest {
    private static final Duration GENEROUS = Duration.ofSeconds(10);

    enum By {
        CALLER,
        FUTURE,
        SESSION,
        EXAI,
        PARENT
    }

    static Stream<Arguments> everyStageAndOtherWay() {
        return Stream.of(CancelStage.values())
                .flatMap(stage ->
                        Stream.of(By.values()).filter(by -> by != By.CALLER).map(by -> Arguments.of(stage, by)));
    }

    @ParameterizedTest
    @EnumSource
    void cancel_atEveryStage_leavesNothingOnEitherSide(CancelStage stage) throws Exception { // I7, I9
        cancel(stage, By.CALLER);
    }

    @ParameterizedTest
    @MethodSource("everyStageAndOtherWay")
    @Tag("ci")
    void cancel_atEveryStageInOtherWays_leavesNothingOnEitherSide(CancelStage stage, By by) throws Exception { // I7, I9
        cancel(stage, by);
    }

    private static void cancel(CancelStage stage, By by) throws Exception {
        LeakCheck leaks = LeakCheck.start();
        try (CancelStage.Place place = stage.place();
                Exai exai = exai(place.baseUrl())) {
            leaks.watch(exai);
            place.arrange();
            Session others = exai.openSession("other");
            Session session = exai.openSession("test");
            ChatCall other = place.isQueued() ? others.chat(place.request()) : null;
            if (other != null) {
                CancelStage.awaitState(other, CallState.RUNNING);
            }
            Scene scene = new Scene(exai, session, place, by);
            place.awaitReached(scene.call);

            scene.cancel(by);

            assertThat(scene.call.state()).isEqualTo(CallState.CANCELLED);
            assertThat(exai.audit().holders()).noneMatch(holder -> holder.call().equals(scene.call.id()));
            assertThat(exai.audit().problems()).isEmpty();
            assertThat(exai.snapshot().global().waiting()).isZero();
            assertThat(exai.snapshot().global().inUse()).isEqualTo(other != null && by != By.EXAI ? 1 : 0);
            assertThatThrownBy(scene.call::await).isInstanceOf(CallCancelledException.class);
            if (other != null) {
                other.cancel("the test is over");
            }
            await().atMost(GENEROUS).until(() -> exai.zombies() == 0);
            place.assertGone();
            session.close();
            others.close();
        }
        leaks.assertNothingLeft(GENEROUS);
    }

    @Test
    void cancel_toolThatWaitsForAnAnswer_isInterruptedAndTheExchangeAborted() throws Exception { // I9
        try (FakeProviderServer server = FakeProviderServer.glm();
                Exai exai = exai(server.baseUrl().toString());
                Session session = exai.openSession("test")) {
            server.script(HttpScript.hang());
            CompletableFuture<Throwable> seen = new CompletableFuture<>();
            Tool<String, String> tool = Tool.blocking("asks", (input, ctx) -> {
                try {
                    return ctx.chat(CancelStage.ask(input)).await().text();
                } catch (Throwable e) {
                    seen.complete(e);
                    throw e;
                }
            });
            ToolCall<String> call = session.submit(tool, "hello");
            server.awaitInFlight(1, GENEROUS);

            assertThat(call.cancel("enough")).isTrue();

            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
            assertThat(exai.snapshot().isIdle()).isTrue();
            assertThat(seen.get(10, TimeUnit.SECONDS))
                    .isInstanceOfAny(InterruptedException.class, CallCancelledException.class);
            server.awaitNoOpenExchanges(GENEROUS);
            assertThat(server.abortedByClient()).isEqualTo(1);
            await().atMost(GENEROUS).until(() -> exai.zombies() == 0);
        }
    }

    @Test
    void cancel_toolThatIgnoresInterrupts_isACountedZombieUntilItReturns() throws Exception { // I9
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        try (FakeProviderServer server = FakeProviderServer.glm();
                Exai exai = exai(server.baseUrl().toString());
                Session session = exai.openSession("test")) {
            Tool<String, String> tool = Tool.blocking("deaf", (input, ctx) -> {
                started.countDown();
                while (true) {
                    try {
                        finish.await();
                        return "late";
                    } catch (InterruptedException ignored) {
                        continue; // as code that swallows interrupts does
                    }
                }
            });
            ToolCall<String> call = session.submit(tool, "hello");
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();

            call.cancel("enough");

            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
            assertThat(exai.zombies()).isEqualTo(1);
            assertThat(session.chat(CancelStage.ask("hello")).await().text()).isNotEmpty();
            finish.countDown();
            await().atMost(GENEROUS).until(() -> exai.zombies() == 0);
            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
        }
    }

    /** One GLM permit, one attempt after a failure, and a selector that never answers to "auto". */
    private static Exai exai(String baseUrl) {
        return Exai.builder(GlmProvider.builder(ApiKey.of(Vendor.KEY))
                        .baseUrl(baseUrl)
                        .build())
                .limits(PermitLimits.builder().provider("glm", 1).build())
                .modelSelector((query, catalog) -> new CompletableFuture<>())
                .build();
    }

    /** The call to be cancelled, and who can cancel it. */
    private static final class Scene {
        final ChatCall call;
        private final Exai exai;
        private final Session session;
        private final @Nullable ToolCall<ChatReply> parent;
        private final CompletableFuture<ChatReply> future;

        Scene(Exai exai, Session session, CancelStage.Place place, By by) throws Exception {
            this.exai = exai;
            this.session = session;
            if (by == By.PARENT) {
                CompletableFuture<ChatCall> child = new CompletableFuture<>();
                Tool<String, ChatReply> tool = Tool.async("parent", (input, ctx) -> {
                    ChatCall asked = ctx.chat(place.request());
                    child.complete(asked);
                    return asked.toCompletableFuture();
                });
                parent = session.submit(tool, "");
                call = child.get(10, TimeUnit.SECONDS);
            } else {
                parent = null;
                call = session.chat(place.request());
            }
            future = call.toCompletableFuture();
        }

        void cancel(By by) {
            switch (by) {
                case CALLER -> assertThat(call.cancel("enough")).isTrue();
                case FUTURE -> assertThat(future.cancel(true)).isTrue();
                case SESSION -> session.close();
                case EXAI -> exai.close();
                case PARENT -> {
                    if (parent != null) {
                        assertThat(parent.cancel("enough")).isTrue();
                    }
                }
            }
        }
    }
}

package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.model.ModelSelector;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions and providers do not hold each other up, over real sockets. */
@Timeout(60)
class IsolationTest {
    private static final Duration GENEROUS = Duration.ofSeconds(10);
    private static final String HANG = "please hang";

    private static ChatRequest glm(String text) {
        return ChatRequest.builder(text).model(Vendor.GLM.model()).build();
    }

    private static ChatRequest kimi(String text) {
        return ChatRequest.builder(text).model(Vendor.KIMI.model()).build();
    }

    @Test
    void glmHung_underTheCallsOfThreeSessions_leavesKimiAndNewcomersAlone() throws Exception { // I2, I4, I12
        try (FakeProviderServer glmServer = FakeProviderServer.glm();
                FakeProviderServer kimiServer = FakeProviderServer.kimi();
                Exai exai = Exai.builder(Vendor.GLM.client(glmServer), Vendor.KIMI.client(kimiServer))
                        .build()) {
            glmServer.script(request -> request.promptText().contains(HANG), HttpScript.hang());
            List<Session> crowd = List.of(exai.openSession("one"), exai.openSession("two"), exai.openSession("three"));
            List<ChatCall> hung = new ArrayList<>();
            for (int i = 0; i < 48; i++) {
                hung.add(crowd.get(i % 3).chat(glm(HANG)));
            }
            glmServer.awaitInFlight(3, GENEROUS);

            // session four's Kimi call does not wait; no GLM call ends meanwhile
            Session four = exai.openSession("four");
            four.chat(kimi("hello")).await();
            assertThat(hung).noneMatch(ChatCall::isDone);

            // session five's GLM call gets the next unit that comes free
            Session five = exai.openSession("five");
            ChatCall newcomer = five.chat(glm("hello"));
            hung.get(0).cancel("its limit was met");
            assertThat(newcomer.await().text()).isNotEmpty();

            assertThat(glmServer.maxInFlight()).isLessThanOrEqualTo(3 + 1); // the cancelled one may be on its way out
            exai.close();
            assertThat(exai.audit().problems()).isEmpty();
            assertThat(exai.snapshot().isIdle()).isTrue();
            glmServer.awaitNoOpenExchanges(GENEROUS);
        }
    }

    @Test
    void greedySession_leavesTheLastUnitToANewcomer() throws Exception { // I4
        try (FakeProviderServer server = FakeProviderServer.glm();
                Exai exai = Exai.builder(Vendor.GLM.client(server)).build()) {
            server.script(request -> request.promptText().contains(HANG), HttpScript.hang());
            Session greedy = exai.openSession("greedy");
            for (int i = 0; i < 24; i++) {
                greedy.chat(glm(HANG));
            }
            server.awaitInFlight(2, GENEROUS);

            ChatReply reply = exai.openSession("newcomer").chat(glm("hello")).await();

            assertThat(reply.text()).isNotEmpty();
            assertThat(server.maxInFlight()).isEqualTo(3);
        }
    }

    @Test
    void listenersAndContinuations_thatBlock_holdUpNobodyElse() throws Exception { // I10, I12
        CountDownLatch block = new CountDownLatch(1);
        Thread asker = Thread.currentThread();
        try (FakeProviderServer server = FakeProviderServer.glm();
                Exai exai = Exai.builder(Vendor.GLM.client(server)).build()) {
            Session blocking = exai.openSession("blocking");
            for (int i = 0; i < 50; i++) {
                ChatCall call = blocking.chat(glm("hello"));
                call.addListener(new CallListener<ChatReply>() {
                    @Override
                    public void ended(CallOutcome<? extends ChatReply> outcome) {
                        awaitQuietly(block);
                    }
                });
                call.toCompletableFuture().thenRun(() -> {
                    if (Thread.currentThread() != asker) { // a stage added to a call that has ended runs at once, here
                        awaitQuietly(block);
                    }
                });
                call.await();
            }

            Session other = exai.openSession("other");
            ChatReply reply =
                    other.chat(glm("hello"), CallOptions.within(GENEROUS)).await();
            server.script(
                    HttpScript.after(Duration.ofSeconds(2)).text("late").complete()); // the stage is there by then
            CompletableFuture<String> continued = other.chat(glm("hello"))
                    .toCompletableFuture()
                    .thenApply(ignored -> Thread.currentThread().getName());

            assertThat(reply.text()).isNotEmpty();
            assertThat(continued.get(10, TimeUnit.SECONDS)).startsWith("exai-user-");
            block.countDown();
        }
    }

    @Test
    void listeners_thatBlock_holdNoMoreThanTheirSessionsShareOfThreads() throws Exception { // I12
        CountDownLatch block = new CountDownLatch(1);
        try (FakeProviderServer server = FakeProviderServer.glm();
                Exai exai = Exai.builder(Vendor.GLM.client(server)).build()) {
            Session blocking = exai.openSession("blocking");
            AtomicInteger blocked = new AtomicInteger();
            AtomicInteger told = new AtomicInteger();
            for (int i = 0; i < 200; i++) {
                ChatCall call = blocking.chat(glm("hello"));
                call.addListener(new CallListener<ChatReply>() {
                    @Override
                    public void ended(CallOutcome<? extends ChatReply> outcome) {
                        blocked.incrementAndGet();
                        awaitQuietly(block);
                        told.incrementAndGet();
                    }
                });
                call.await();
            }
            await().atMost(GENEROUS).until(() -> blocked.get() == 64);

            CountDownLatch other = new CountDownLatch(1);
            exai.openSession("other").chat(glm("hello")).addListener(new CallListener<ChatReply>() {
                @Override
                public void ended(CallOutcome<? extends ChatReply> outcome) {
                    other.countDown();
                }
            });

            assertThat(other.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(blocked).hasValue(64);
            block.countDown();
            await().atMost(GENEROUS).until(() -> told.get() == 200); // those that waited for their turn lose nothing
        }
    }

    @Test
    void auto_ofManySessions_isChosenOnce_andNeverUnderAPermit() throws Exception { // I13
        CountDownLatch choose = new CountDownLatch(1);
        ModelSelector slow = (query, catalog) -> {
            awaitQuietly(choose);
            return ModelSelector.standard().select(query, catalog);
        };
        try (FakeProviderServer server = FakeProviderServer.glm();
                Exai exai = Exai.builder(Vendor.GLM.client(server))
                        .modelSelector(slow)
                        .build()) {
            server.script(HttpScript.after(Duration.ofMillis(100)).text("ok").complete()); // see SocketCorridorTest
            List<ChatCall> calls = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                calls.add(exai.openSession("agent").chat(ChatRequest.of("hello")));
            }
            assertThat(exai.snapshot().isIdle()).isTrue(); // resolving holds nothing, and waits for nothing
            ChatReply named =
                    exai.openSession("explicit").chat(glm("hello")).await(); // a named model waits for no load
            assertThat(named.text()).isNotEmpty();

            choose.countDown();
            for (ChatCall call : calls) {
                call.await();
            }

            assertThat(exai.models().loads()).isEqualTo(1);
            assertThat(server.maxInFlight()).isLessThanOrEqualTo(3);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("never released");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

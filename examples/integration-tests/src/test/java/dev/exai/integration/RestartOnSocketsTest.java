package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ExaiException;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import dev.exai.testkit.time.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers that break off over real sockets after their pieces reached the caller. The server breaks off once all have
 * read them, and the library's own clock moves only when told, so nothing here depends on how fast anybody is.
 */
@Timeout(60)
class RestartOnSocketsTest {
    private static final Duration GENEROUS = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /** How many read: an iterator, a listener, a subscriber. */
    private static final int READERS = 3;

    /** How an answer breaks off, and what that is to the caller. */
    enum Break {
        RESET(HttpScript.Steps::reset, UnavailableException.class),
        ERROR_FRAME(steps -> steps.breakOff(Refusal.SERVER_ERROR), UnavailableException.class),
        SILENT_SOCKET(HttpScript.Steps::hang, AttemptTimeoutException.class);

        private final Function<HttpScript.Steps, HttpScript> end;
        private final Class<? extends ExaiException> failure;

        Break(Function<HttpScript.Steps, HttpScript> end, Class<? extends ExaiException> failure) {
            this.end = end;
            this.failure = failure;
        }
    }

    static Stream<Arguments> everyBreakAtEachVendor() {
        return Stream.of(Vendor.values())
                .flatMap(vendor -> Stream.of(Break.values()).map(how -> Arguments.of(vendor, how)));
    }

    @ParameterizedTest
    @MethodSource("everyBreakAtEachVendor")
    void breaksOff_afterOutput_failsAndIsNotTriedAgain(Vendor vendor, Break how) throws Exception { // I7, I8
        try (Scene scene = new Scene(vendor, how, false)) {
            scene.readTheFirstPieces();

            scene.breakOff();

            assertThatThrownBy(scene.iterator::hasNext).isInstanceOf(how.failure);
            scene.assertNothingIsHeld();
            assertThatThrownBy(scene.call::await)
                    .isInstanceOfSatisfying(
                            how.failure,
                            failure -> assertThat(failure.isRetryable()).isTrue());
            scene.awaitReaders();
            assertThat(scene.listener.told).containsExactly("Reasoning", "who ", "ended FAILED");
            assertThat(scene.subscriber.told).containsExactly("Reasoning", "who ", "failed");
            scene.clock.advance(SILENCE); // longer than any back-off
            assertThat(scene.call.timeline().attempts()).isEqualTo(1);
            assertThat(scene.server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("everyBreakAtEachVendor")
    void breaksOff_afterOutput_restartAllowed_startsOverAndSaysSo(Vendor vendor, Break how) throws Exception { // I7, I8
        try (Scene scene = new Scene(vendor, how, true)) {
            scene.readTheFirstPieces();

            scene.breakOff();

            scene.passBackOff();
            List<String> read = new ArrayList<>();
            scene.iterator.forEachRemaining(chunk -> read.add(content(chunk)));
            scene.assertNothingIsHeld();
            assertThat(read).containsExactly("StartedOver", "the ", "whole");
            ChatReply reply = scene.call.await();
            assertThat(reply.text()).isEqualTo("the whole");
            assertThat(reply.reasoning())
                    .as("that of the first attempt is void")
                    .isEmpty();
            scene.awaitReaders();
            assertThat(scene.listener.told)
                    .containsExactly("Reasoning", "who ", "StartedOver", "the ", "whole", "ended SUCCEEDED");
            assertThat(scene.subscriber.told)
                    .containsExactly("Reasoning", "who ", "StartedOver", "the ", "whole", "completed");
            assertThat(scene.call.timeline().attempts()).isEqualTo(2);
            assertThat(scene.call.timeline().toString())
                    .contains("attempt 1 granted", "attempt 2 granted")
                    .containsOnlyOnce("started over, as the caller allowed");
            assertThat(scene.server.requests()).hasSize(2);
        }
    }

    private static String content(Chunk chunk) {
        return chunk instanceof Chunk.Text text ? text.text() : chunk.getClass().getSimpleName();
    }

    /** A call with three readers at a server that breaks off the first answer, and gives a whole one after that. */
    private static final class Scene implements AutoCloseable {
        final ManualScheduler clock = ManualScheduler.create();
        final FakeProviderServer server;
        final ChatCall call;
        final Iterator<Chunk> iterator;
        final Listener listener = new Listener();
        final Subscriber subscriber = new Subscriber();
        private final Break how;
        private final Exai exai;
        private final Session session;
        private final CountDownLatch read = new CountDownLatch(READERS);
        private final CountDownLatch ended = new CountDownLatch(READERS - 1); // the iterator is the test's own

        Scene(Vendor vendor, Break how, boolean mayStartOver) {
            this.how = how;
            server = vendor.server();
            server.script(HttpScript.text("the ").text("whole").complete())
                    .script(
                            1,
                            how.end.apply(
                                    HttpScript.reasoning("hm").text("who ").after(this::onceAllHaveRead)));
            exai = Exai.builder(vendor.client(server)).scheduler(clock).build();
            session = exai.openSession("test");
            call = session.chat(
                    ChatRequest.builder("tell me").model(vendor.model()).build(),
                    CallOptions.builder()
                            .silence(SILENCE)
                            .firstEvent(Duration.ofMinutes(10))
                            .restartAfterOutput(mayStartOver)
                            .build());
            call.addListener(listener);
            call.publisher().subscribe(subscriber);
            iterator = call.chunks().iterator();
        }

        private Duration onceAllHaveRead() {
            awaitAll(read);
            return Duration.ZERO;
        }

        private static void awaitAll(CountDownLatch latch) {
            try {
                assertThat(latch.await(GENEROUS.toSeconds(), TimeUnit.SECONDS))
                        .as("in time")
                        .isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }

        void readTheFirstPieces() {
            assertThat(content(iterator.next())).isEqualTo("Reasoning");
            assertThat(content(iterator.next())).isEqualTo("who ");
            noted("who ");
            awaitAll(read);
        }

        private void noted(String content) {
            if (content.equals("who ")) {
                read.countDown();
            }
        }

        /** The server does it as soon as all have read; or it is silent from then on, as the time passes. */
        void breakOff() {
            if (how == Break.SILENT_SOCKET) {
                clock.advance(SILENCE);
            }
        }

        void passBackOff() {
            await().atMost(GENEROUS).until(call::state, CallState.BACKING_OFF::equals);
            assertNothingIsHeld();
            await().atMost(GENEROUS).until(() -> {
                clock.advance(Duration.ofSeconds(1));
                return server.requests().size() == 2;
            });
        }

        void awaitReaders() {
            awaitAll(ended);
        }

        /** Nothing is out on this side: looked at between the attempts, and as soon as anyone sees the end. */
        void assertNothingIsHeld() {
            assertThat(exai.snapshot().isIdle()).isTrue();
            assertThat(exai.audit().holders()).isEmpty();
            assertThat(exai.audit().problems()).isEmpty();
        }

        @Override
        public void close() throws Exception {
            try (server;
                    exai;
                    session) {
                server.awaitNoOpenExchanges(GENEROUS);
                assertThat(server.abortedByClient()).isEqualTo(how == Break.SILENT_SOCKET ? 1 : 0);
                await().atMost(GENEROUS).until(() -> exai.zombies() == 0);
                assertNothingIsHeld();
            }
        }

        private final class Listener implements CallListener<ChatReply> {
            final List<String> told = new ArrayList<>();

            @Override
            public void chunk(Chunk chunk) {
                told.add(content(chunk));
                noted(content(chunk));
            }

            @Override
            public void ended(CallOutcome<? extends ChatReply> outcome) {
                told.add("ended " + outcome.state());
                ended.countDown();
            }
        }

        /** Asks for one piece at a time. */
        private final class Subscriber implements Flow.Subscriber<Chunk> {
            final List<String> told = new ArrayList<>();
            private Flow.Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription = given;
                given.request(1);
            }

            @Override
            public void onNext(Chunk chunk) {
                told.add(content(chunk));
                noted(content(chunk));
                subscription.request(1);
            }

            @Override
            public void onError(Throwable thrown) {
                told.add("failed");
                ended.countDown();
            }

            @Override
            public void onComplete() {
                told.add("completed");
                ended.countDown();
            }
        }
    }
}

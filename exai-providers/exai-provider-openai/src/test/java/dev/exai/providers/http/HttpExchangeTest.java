package dev.exai.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.ProviderId;
import dev.exai.error.AttemptTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpExchangeTest {
    private final MockWebServer server = new MockWebServer();
    private final HttpTransport transport = HttpTransport.create(ProviderId.of("p"), HttpSettings.DEFAULT);

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        transport.close();
        server.close();
    }

    // I7: whoever waits for an end hears of one, also if the reader throws at it
    @Test
    void reader_thatThrowsAtItsEnd_isToldThatItCrashed() throws Exception {
        server.enqueue(new MockResponse.Builder().body("some").build());
        Throwing reader = new Throwing();

        transport.send(
                HttpCall.plain("GET", HttpTarget.of(server.url("/").uri(), Map.of()), Duration.ofSeconds(10)), reader);

        assertThat(reader.crash.get(20, TimeUnit.SECONDS)).hasMessage("at the end");
        assertThat(reader.told).containsExactly("head", "body", "over", "crashed");
    }

    private static final class Throwing implements ResponseReader {
        final List<String> told = new ArrayList<>();
        final CompletableFuture<Throwable> crash = new CompletableFuture<>();

        @Override
        public Demand head(ResponseHead head) {
            told.add("head");
            return Demand.MORE;
        }

        @Override
        public Demand body(byte[] bytes, int offset, int length) {
            told.add("body");
            return Demand.MORE;
        }

        @Override
        public void over() {
            told.add("over");
            throw new IllegalStateException("at the end");
        }

        @Override
        public void broken(IOException cause) {
            told.add("broken");
        }

        @Override
        public void timedOut(AttemptTimeoutException failure) {
            told.add("timedOut");
        }

        @Override
        public void aborted() {
            told.add("aborted");
        }

        @Override
        public void crashed(Throwable cause) {
            told.add("crashed");
            crash.complete(cause);
        }
    }
}

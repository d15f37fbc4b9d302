package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.VendorError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each error that a vendor documents is told apart by its client: worth another try, or not. */
@Timeout(60)
class VendorErrorsTest {
    @ParameterizedTest
    @EnumSource(Vendor.class)
    void error_eachOfTheVendors_isRetryableIfTheTableSaysSo(Vendor vendor) throws Exception {
        List<String> otherwise = new ArrayList<>();
        try (FakeProviderServer server = vendor.server();
                Provider client = vendor.client(server);
                SystemScheduler scheduler = SystemScheduler.create("vendor-errors")) {
            for (VendorError error : server.format().errors()) {
                for (HttpScript script : scripts(error)) {
                    server.script(script);
                    ProviderException failure = failureOf(client, vendor.model(), scheduler);
                    if (failure.isRetryable() != error.retryable()) {
                        otherwise.add(error + " became " + failure);
                    }
                    assertThat(failure.toString()).doesNotContain("0fa4e0fa4e0fa4e0", Vendor.KEY);
                }
            }
        }
        assertThat(otherwise).isEmpty();
    }

    /** In mid-stream an error can be told by its code or type alone, so it must have one. */
    private static List<HttpScript> scripts(VendorError error) {
        HttpScript alone = HttpScript.error(error.name());
        boolean isStatusOnly = error.name().equals(Integer.toString(error.status()));
        return isStatusOnly
                ? List.of(alone)
                : List.of(alone, HttpScript.text("par").breakOffWith(error.name()));
    }

    private static ProviderException failureOf(Provider client, String model, SystemScheduler scheduler)
            throws Exception {
        CallContext context =
                CallContext.create(SessionId.of("s"), "test", Deadline.after(Duration.ofMinutes(1), scheduler));
        ProviderCall call = ProviderCall.of(
                context, ModelInfo.builder(model).build(), ChatRequest.of("hi"), 1, LivenessLimits.plain());
        FailureSink sink = new FailureSink();
        client.open(call, sink);
        return sink.failure.get(10, TimeUnit.SECONDS);
    }

    private static final class FailureSink implements ReplySink {
        private final CompletableFuture<ProviderException> failure = new CompletableFuture<>();

        @Override
        public void opened() {}

        @Override
        public void chunk(Chunk chunk) {}

        @Override
        public void completed(ReplyEnd end) {
            failure.completeExceptionally(new AssertionError("a whole answer: " + end));
        }

        @Override
        public void failed(ProviderException what) {
            failure.complete(what);
        }

        @Override
        public void timedOut(AttemptTimeoutException limit) {
            failure.completeExceptionally(limit);
        }

        @Override
        public void aborted() {
            failure.completeExceptionally(new AssertionError("aborted"));
        }
    }
}

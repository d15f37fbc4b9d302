package dev.exai.interop.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.testkit.http.FakeProviderServer;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How exchanges ended by the server's own count. */
final class Tally {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Tally() {}

    /** {@return it in words when none is open: "1 completed, 2 failed"} */
    static String of(FakeProviderServer server) throws InterruptedException {
        server.awaitNoOpenExchanges(PATIENCE);
        assertThat(server.opened()).isEqualTo(server.completed() + server.failed() + server.abortedByClient());
        assertThat(server.inFlight()).isZero();
        return Stream.of(
                        count(server.completed(), "completed"),
                        count(server.failed(), "failed"),
                        count(server.abortedByClient(), "left by the client"),
                        count(server.refused(), "refused"))
                .filter(part -> !part.startsWith("0 "))
                .collect(Collectors.joining(", "));
    }

    private static String count(long count, String what) {
        return count + " " + what;
    }
}

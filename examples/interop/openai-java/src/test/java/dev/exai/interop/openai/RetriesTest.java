package dev.exai.interop.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.RecordedRequest;
import dev.exai.testkit.http.Refusal;
import dev.exai.testkit.http.WireFormat;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the SDK tries again by itself, and how long it would wait in between: by what the fake server tells it. */
@Tag("ci")
final class RetriesTest {
    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_refusedOnce_succeedsAtTheSecondTry(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(1, HttpScript.refuse(Refusal.CONCURRENCY));

            assertThat(Peer.textOf(peer.chat("hello"))).isEqualTo("ok");

            assertThat(peer.server.requests())
                    .extracting(RecordedRequest::number)
                    .containsExactly(1, 2);
            assertThat(peer.server.requests().get(1).header("X-Stainless-Retry-Count"))
                    .contains("1");
            assertThat(peer.tally()).isEqualTo("1 completed, 1 failed");
        }
    }

    @ParameterizedTest
    @EnumSource(value = WireFormat.class, names = "GLM", mode = EnumSource.Mode.EXCLUDE)
    void create_retryAfter_isWaitedFor(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.refuse(Refusal.REQUEST_RATE));

            RateLimitException thrown = catchThrowableOfType(RateLimitException.class, () -> peer.chat("hello"));

            assertThat(thrown.headers().values("Retry-After")).containsExactly("1");
            assertThat(peer.sleeper.slept()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1));
        }
    }

    /** GLM never sends one, nor does Kimi when it is overloaded. */
    @ParameterizedTest
    @EnumSource(value = WireFormat.class, names = "OPENAI", mode = EnumSource.Mode.EXCLUDE)
    void create_noRetryAfter_sdkBacksOffByItself(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.refuse(Refusal.OVERLOADED));

            RateLimitException thrown = catchThrowableOfType(RateLimitException.class, () -> peer.chat("hello"));

            assertThat(thrown.headers().values("Retry-After")).isEmpty();
            List<Duration> slept = peer.sleeper.slept();
            assertThat(slept).hasSize(2);
            assertThat(slept.get(0)).isBetween(Duration.ofMillis(375), Duration.ofMillis(500));
            assertThat(slept.get(1)).isBetween(Duration.ofMillis(750), Duration.ofSeconds(1));
        }
    }

    @Test
    void create_retryAfterOfADay_isShortenedByTheSdk() {
        try (Peer peer = Peer.of(WireFormat.KIMI)) {
            peer.server.script(HttpScript.refuse(Refusal.REQUEST_RATE).withHeader("Retry-After", "86400"));

            RateLimitException thrown = catchThrowableOfType(RateLimitException.class, () -> peer.chat("hello"));

            assertThat(thrown.headers().values("Retry-After")).containsExactly("86400");
            assertThat(peer.sleeper.slept()).containsExactly(Duration.ofSeconds(8), Duration.ofSeconds(8));
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_nobodyListens_isTriedAgain(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.close();

            assertThat(catchThrowableOfType(OpenAIIoException.class, () -> peer.chat("hello")))
                    .isNotNull();

            assertThat(peer.sleeper.slept()).hasSize(2);
            assertThat(peer.server.requests()).isEmpty();
        }
    }

    /** The headers came, so it is too late for another try. */
    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_closedInTheMiddleOfTheBody_isNotTriedAgain(WireFormat format) {
        try (Peer peer = Peer.of(format)) {
            peer.server.script(HttpScript.text("half of it").halfClose());

            assertThat(catchThrowableOfType(OpenAIInvalidDataException.class, () -> peer.chat("hello")))
                    .isNotNull();

            assertThat(peer.sleeper.slept()).isEmpty();
            assertThat(peer.tally()).isEqualTo("1 failed");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_noRetries_isOneRequest(WireFormat format) {
        try (Peer peer = Peer.of(format, settings -> settings.maxRetries(0))) {
            peer.server.script(HttpScript.refuse(Refusal.SERVER_ERROR));

            assertThat(catchThrowableOfType(RuntimeException.class, () -> peer.chat("hello")))
                    .isNotNull();

            assertThat(peer.server.requests()).hasSize(1);
            assertThat(peer.sleeper.slept()).isEmpty();
        }
    }
}

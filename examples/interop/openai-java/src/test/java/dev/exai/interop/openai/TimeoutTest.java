package dev.exai.interop.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.Timeout;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIIoException;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.WireFormat;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fake server is silent for as long as it is asked to be, and sees each of the SDK's tries give up. */
@Tag("ci")
final class TimeoutTest {
    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void create_noHeaders_eachTryGivesUpAndIsCountedAsLeft(WireFormat format) {
        try (Peer peer = Peer.of(format, settings -> reading(settings, Duration.ofMillis(200)))) {
            peer.server.script(HttpScript.hang());

            OpenAIIoException thrown = catchThrowableOfType(OpenAIIoException.class, () -> peer.chat("hello"));

            assertThat(thrown).hasCauseInstanceOf(IOException.class);
            assertThat(peer.tally()).isEqualTo("3 left by the client");
            assertThat(peer.server.maxInFlight()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void createStreaming_silenceAfterHeaders_isOneTryOnly(WireFormat format) {
        try (Peer peer = Peer.of(format, settings -> reading(settings, Duration.ofSeconds(2)))) {
            peer.server.script(HttpScript.headers().hang());

            assertThat(catchThrowableOfType(OpenAIException.class, () -> peer.streamed(peer.ask("hello"))))
                    .isNotNull();

            assertThat(peer.tally()).isEqualTo("1 left by the client");
        }
    }

    /** Comments are bytes, so they push the SDK's read timeout away; only its limit of the whole call ends this. */
    @Test
    void createStreaming_commentsForEver_areEndedByTheLimitOfTheCall() {
        try (Peer peer =
                Peer.of(WireFormat.OPENAI, settings -> settings.maxRetries(0).timeout(Duration.ofSeconds(3)))) {
            peer.server
                    .script(HttpScript.headers().keepAliveForEver(Duration.ofMillis(20)))
                    .script(1, HttpScript.text("the classes are loaded").complete());
            peer.chat("warm up");

            assertThat(catchThrowableOfType(OpenAIException.class, () -> peer.streamed(peer.ask("hello"))))
                    .isNotNull();

            assertThat(peer.tally()).isEqualTo("1 completed, 1 left by the client");
        }
    }

    /** Only reading has a limit that matters here: so each try is sent, however busy the machine is. */
    private static OpenAIOkHttpClient.Builder reading(OpenAIOkHttpClient.Builder settings, Duration limit) {
        Duration ample = Duration.ofMinutes(1);
        return settings.timeout(Timeout.builder()
                .connect(ample)
                .write(ample)
                .request(ample)
                .read(limit)
                .build());
    }
}

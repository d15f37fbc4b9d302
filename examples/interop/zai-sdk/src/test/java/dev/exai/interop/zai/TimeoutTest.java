package dev.exai.interop.zai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.z.openapi.ZaiClient;
import dev.exai.testkit.http.HttpScript;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The fake server is silent for as long as it is asked to be, and sees the SDK give up. */
@Tag("ci")
final class TimeoutTest {
    @Test
    void createChatCompletion_noHeaders_isOneTryThatGivesUp() {
        try (Peer peer = Peer.start(TimeoutTest::impatient)) {
            peer.server.script(HttpScript.hang());

            RuntimeException thrown = catchThrowableOfType(RuntimeException.class, () -> peer.chat("hello"));

            assertThat(thrown).hasCauseInstanceOf(SocketTimeoutException.class);
            assertThat(peer.server.requests()).hasSize(1);
            assertThat(peer.tally()).isEqualTo("1 left by the client");
        }
    }

    @Test
    void stream_silenceAfterAPiece_endsInATimeout() {
        try (Peer peer = Peer.start(TimeoutTest::impatient)) {
            peer.server.script(HttpScript.text("par").hang());

            assertThat(peer.thrownAfter("par")).isInstanceOf(SocketTimeoutException.class);
            assertThat(peer.tally()).isEqualTo("1 left by the client");
        }
    }

    /** Only reading has a limit that matters here: so each try is sent, however busy the machine is. */
    private static ZaiClient.Builder impatient(ZaiClient.Builder settings) {
        int ample = 60_000;
        return settings.networkConfig(4 * ample, ample, 2_000, ample, TimeUnit.MILLISECONDS);
    }
}

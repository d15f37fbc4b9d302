package dev.exai.interop.zai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.z.openapi.service.model.ChatCompletionResponse;
import ai.z.openapi.service.model.Delta;
import ai.z.openapi.service.model.ModelData;
import ai.z.openapi.service.model.SSEFormatException;
import ai.z.openapi.service.model.ZAiHttpException;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retrofit2.HttpException;

/** Each refusal keeps GLM's code; the SDK tries nothing again. */
@Tag("ci")
final class ErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "BAD_KEY, 401, 1002",
        "FORBIDDEN, 403, 1220",
        "BAD_PARAMETER, 400, 1210",
        "PROMPT_TOO_LONG, 400, 1261",
        "CONTENT_FILTER, 400, 1301",
        "MODEL_NOT_FOUND, 400, 1211",
        "CONCURRENCY, 429, 1302",
        "REQUEST_RATE, 429, 1303",
        "DAILY_LIMIT, 429, 1304",
        "OVERLOADED, 429, 1305",
        "QUOTA_EXHAUSTED, 429, 1113",
        "WINDOW_USED_UP, 429, 1308",
        "SERVER_ERROR, 500, 1234",
    })
    void createChatCompletion_refused_isAnErrorWithGlmsCode(Refusal refusal, int status, int code) {
        try (Peer peer = Peer.start()) {
            peer.server.script(HttpScript.refuse(refusal));

            ChatCompletionResponse response = peer.chat("hello");
            ZAiHttpException thrown =
                    catchThrowableOfType(ZAiHttpException.class, () -> peer.streamed(Peer.ask("hello")));

            assertThat(response.isSuccess()).isFalse();
            assertThat(response.getCode()).isEqualTo(status);
            assertThat(response.getError().getCode()).isEqualTo(code);
            assertThat(response.getError().getMessage()).isNotEmpty();
            assertThat(thrown.statusCode).isEqualTo(status);
            assertThat(thrown.code).isEqualTo(Integer.toString(code));
            assertThat(thrown.msg).isEqualTo(response.getError().getMessage());
            assertThat(peer.server.requests()).hasSize(2);
            assertThat(peer.tally()).isEqualTo("2 failed");
        }
    }

    @Test
    void createChatCompletion_htmlOfAGateway_isAnHttpException() {
        try (Peer peer = Peer.start()) {
            peer.server.script(HttpScript.refuse(Refusal.GATEWAY_TIMEOUT));

            HttpException thrown = catchThrowableOfType(HttpException.class, () -> peer.chat("hello"));

            assertThat(thrown.code()).isEqualTo(504);
            assertThat(peer.tally()).isEqualTo("1 failed");
        }
    }

    @Test
    void createChatCompletion_wrongKey_isRefusedAtTheDoor() {
        try (Peer peer = Peer.start(settings -> settings.apiKey("somebody.else"))) {
            ChatCompletionResponse response = peer.chat("hello");

            assertThat(response.getError().getCode()).isEqualTo(1002);
            assertThat(peer.tally()).isEqualTo("1 refused");
        }
    }

    @Test
    void createChatCompletion_oneTooManyOfAModel_isRefusedAndAnotherModelIsNot() {
        try (Peer peer = Peer.start()) {
            peer.server.limitInFlight(1).script(1, HttpScript.text("slow").hang());
            Iterator<ModelData> first =
                    peer.stream(Peer.ask("first")).blockingIterable().iterator();
            assertThat(first.next().getChoices().get(0).getDelta().getContent()).isEqualTo("slow");

            ChatCompletionResponse sameModel = peer.chat("second");
            ChatCompletionResponse otherModel = peer.chat(Peer.ask("third").model("glm-5.3"));

            assertThat(sameModel.getCode()).isEqualTo(429);
            assertThat(sameModel.getError().getCode()).isEqualTo(1302);
            assertThat(Peer.messageOf(otherModel).getContent()).isEqualTo("ok");
            assertThat(peer.server.maxInFlight(Peer.MODEL)).isEqualTo(1);
            assertThat(peer.server.maxInFlight()).isEqualTo(2);
            assertThat(peer.server.refused()).isEqualTo(1);
        }
    }

    /** The SDK looks for no {@code error} in a frame: what GLM says of its failure is lost. */
    @Test
    void stream_errorFrame_isTakenForAnEmptyChunkByTheSdk() {
        try (Peer peer = Peer.start()) {
            peer.server.script(HttpScript.text("par").breakOff(Refusal.SERVER_ERROR));

            List<ModelData> chunks = peer.streamed(Peer.ask("hello"));

            assertThat(Peer.deltas(chunks.subList(0, 1), Delta::getContent)).containsExactly("par");
            assertThat(chunks.get(1).getChoices()).isNull();
            assertThat(chunks).hasSize(2);
            assertThat(peer.tally()).isEqualTo("1 failed");
        }
    }

    @Test
    void stream_closedInTheMiddle_isAnIoException() {
        try (Peer peer = Peer.start()) {
            peer.server.script(HttpScript.text("par").halfClose());

            assertThat(peer.thrownAfter("par")).isInstanceOf(IOException.class);

            assertThat(peer.server.requests()).hasSize(1);
            assertThat(peer.tally()).isEqualTo("1 failed");
        }
    }

    /** No {@code [DONE]} and no finish reason, and the SDK completes all the same. */
    @Test
    void stream_endedEarly_isNotNoticedByTheSdk() {
        try (Peer peer = Peer.start()) {
            peer.server.script(HttpScript.text("par").endEarly());

            assertThat(peer.streamed(Peer.ask("hello"))).hasSize(1);

            assertThat(peer.tally()).isEqualTo("1 failed");
        }
    }

    @Test
    void stream_networkErrorAsFinishReason_isHandedOn() {
        try (Peer peer = Peer.start()) {
            peer.server.script(HttpScript.headers().complete("network_error"));

            List<ModelData> chunks = peer.streamed(Peer.ask("hello"));

            assertThat(chunks.get(0).getChoices().get(0).getFinishReason()).isEqualTo("network_error");
        }
    }

    /** A comment is part of the format, and more than the SDK can read. */
    @Test
    void stream_comment_breaksTheSdk() {
        try (Peer peer = Peer.start()) {
            peer.server.script(
                    HttpScript.text("par").comment("keep-alive").text("t").complete());

            assertThat(peer.thrownAfter("par")).isInstanceOf(SSEFormatException.class);
        }
    }
}

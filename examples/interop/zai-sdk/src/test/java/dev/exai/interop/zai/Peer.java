package dev.exai.interop.zai;

import static org.assertj.core.api.Assertions.assertThat;

import ai.z.openapi.ZaiClient;
import ai.z.openapi.service.model.ChatCompletionCreateParams;
import ai.z.openapi.service.model.ChatCompletionResponse;
import ai.z.openapi.service.model.ChatMessage;
import ai.z.openapi.service.model.Delta;
import ai.z.openapi.service.model.ModelData;
import dev.exai.testkit.http.FakeProviderServer;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Notification;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A fake GLM, and Z.ai's own client that talks to it. */
final class Peer implements AutoCloseable {
    /** The SDK takes only keys of this shape. */
    static final String KEY = "interop.secret";

    static final String MODEL = "glm-4.7";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    final FakeProviderServer server = FakeProviderServer.glm().requireKey(KEY);
    final ZaiClient client;

    private Peer(UnaryOperator<ZaiClient.Builder> settings) {
        client = settings.apply(ZaiClient.builder().apiKey(KEY).baseUrl(server.baseUrl() + "/"))
                .build();
    }

    static Peer start() {
        return new Peer(UnaryOperator.identity());
    }

    static Peer start(UnaryOperator<ZaiClient.Builder> settings) {
        return new Peer(settings);
    }

    static ChatCompletionCreateParams.ChatCompletionCreateParamsBuilder<?, ?> ask(String prompt) {
        return ChatCompletionCreateParams.builder().model(MODEL).messages(List.of(user(prompt)));
    }

    static ChatMessage user(String prompt) {
        return ChatMessage.builder().role("user").content(prompt).build();
    }

    ChatCompletionResponse chat(String prompt) {
        return chat(ask(prompt));
    }

    ChatCompletionResponse chat(ChatCompletionCreateParams.ChatCompletionCreateParamsBuilder<?, ?> params) {
        return client.chat().createChatCompletion(params.build());
    }

    Flowable<ModelData> stream(ChatCompletionCreateParams.ChatCompletionCreateParamsBuilder<?, ?> params) {
        ChatCompletionResponse response =
                client.chat().createChatCompletion(params.stream(true).build());
        assertThat(response.isSuccess()).isTrue();
        return response.getFlowable();
    }

    List<ModelData> streamed(ChatCompletionCreateParams.ChatCompletionCreateParamsBuilder<?, ?> params) {
        return stream(params).toList().blockingGet();
    }

    /** {@return what is thrown after exactly this text; nothing overtakes it here, unlike in a blocking iterable} */
    Throwable thrownAfter(String text) {
        List<Notification<ModelData>> all =
                stream(ask("hello")).materialize().toList().blockingGet();
        List<ModelData> chunks = all.stream()
                .filter(Notification::isOnNext)
                .map(Notification::getValue)
                .toList();
        assertThat(String.join("", deltas(chunks, Delta::getContent))).isEqualTo(text);
        Throwable thrown = all.get(all.size() - 1).getError();
        assertThat(thrown).isNotNull();
        return thrown;
    }

    static ChatMessage messageOf(ChatCompletionResponse response) {
        assertThat(response.isSuccess()).as(response::getMsg).isTrue();
        return response.getData().getChoices().get(0).getMessage();
    }

    /** {@return what the deltas hold of this, in order, without those that hold nothing} */
    static <T> List<T> deltas(List<ModelData> chunks, Function<Delta, T> part) {
        return chunks.stream()
                .flatMap(chunk -> chunk.getChoices().stream())
                .map(choice -> part.apply(choice.getDelta()))
                .filter(value -> Objects.nonNull(value) && !value.equals(""))
                .toList();
    }

    /** {@return how exchanges ended by the server's own count, when none is open: "1 completed, 2 failed"} */
    String tally() {
        try {
            server.awaitNoOpenExchanges(PATIENCE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
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

    @Override
    public void close() {
        client.close();
        server.close();
    }
}

package dev.exai.interop.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.WireFormat;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A fake server, and OpenAI's own client that talks to it and checks each answer against its schema. */
final class Peer implements AutoCloseable {
    static final String KEY = "sk-interop";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    final FakeProviderServer server;
    final OpenAIClient client;
    final RecordingSleeper sleeper = new RecordingSleeper();

    private Peer(WireFormat format, UnaryOperator<OpenAIOkHttpClient.Builder> settings) {
        server = FakeProviderServer.start(format, 0).requireKey(KEY);
        client = settings.apply(OpenAIOkHttpClient.builder()
                        .apiKey(KEY)
                        .baseUrl(server.baseUrl().toString())
                        .responseValidation(true)
                        .sleeper(sleeper))
                .build();
    }

    static Peer of(WireFormat format) {
        return new Peer(format, UnaryOperator.identity());
    }

    static Peer of(WireFormat format, UnaryOperator<OpenAIOkHttpClient.Builder> settings) {
        return new Peer(format, settings);
    }

    String model() {
        return switch (server.format()) {
            case GLM -> "glm-4.7";
            case KIMI -> "kimi-k2.6";
            case OPENAI -> "gpt-fake";
        };
    }

    ChatCompletionCreateParams.Builder ask(String prompt) {
        return ChatCompletionCreateParams.builder().model(model()).addUserMessage(prompt);
    }

    ChatCompletion chat(String prompt) {
        return chat(ask(prompt));
    }

    ChatCompletion chat(ChatCompletionCreateParams.Builder params) {
        return client.chat().completions().create(params.build());
    }

    static String textOf(ChatCompletion reply) {
        return reply.choices().get(0).message().content().orElseThrow();
    }

    StreamResponse<ChatCompletionChunk> stream(ChatCompletionCreateParams.Builder params) {
        return client.chat().completions().createStreaming(withUsage(params));
    }

    List<ChatCompletionChunk> streamed(ChatCompletionCreateParams.Builder params) {
        try (StreamResponse<ChatCompletionChunk> chunks = stream(params)) {
            return chunks.stream().toList();
        }
    }

    static ChatCompletionCreateParams withUsage(ChatCompletionCreateParams.Builder params) {
        return params.streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
    }

    static String textOf(List<ChatCompletionChunk> chunks) {
        return chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().content().stream())
                .collect(Collectors.joining());
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

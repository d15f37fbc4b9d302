package dev.exai.examples.benchmarks;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.util.Iterator;

/** OpenAI's own client for Java, as its documentation uses it. */
final class OpenAiJavaChat implements Chat {
    private final OpenAIClient client;

    OpenAiJavaChat(int port) {
        client = OpenAIOkHttpClient.builder()
                .apiKey("key")
                .baseUrl("http://127.0.0.1:" + port + "/v1")
                .build();
    }

    private static ChatCompletionCreateParams question() {
        return ChatCompletionCreateParams.builder()
                .model("benchmark")
                .addUserMessage("hello")
                .build();
    }

    @Override
    public int ask() {
        return client.chat()
                .completions()
                .create(question())
                .choices()
                .get(0)
                .message()
                .content()
                .orElseThrow()
                .length();
    }

    @Override
    public int stream() {
        int characters = 0;
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(question())) {
            for (Iterator<ChatCompletionChunk> all = chunks.stream().iterator(); all.hasNext(); ) {
                characters += length(all.next());
            }
        }
        return characters;
    }

    @Override
    public long nanosToFirstWord() {
        long start = System.nanoTime();
        long first = 0;
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(question())) {
            for (Iterator<ChatCompletionChunk> all = chunks.stream().iterator(); all.hasNext(); ) {
                if (length(all.next()) > 0 && first == 0) {
                    first = System.nanoTime();
                }
            }
        }
        return first - start;
    }

    private static int length(ChatCompletionChunk chunk) {
        return chunk.choices().get(0).delta().content().orElse("").length();
    }

    @Override
    public void close() {
        client.close();
    }
}

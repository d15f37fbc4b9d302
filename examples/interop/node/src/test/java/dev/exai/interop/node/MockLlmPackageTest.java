package dev.exai.interop.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.error.AuthenticationException;
import dev.exai.error.ProviderException;
import dev.exai.error.RateLimitedException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.FinishReason;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;
import dev.exai.providers.openai.ListedModel;
import dev.exai.providers.openai.OpenAiProvider;
import dev.exai.session.Session;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ModelInfo;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client against a server that others wrote: the npm package {@code @dwmkerr/mock-llm}. */
@Tag("services")
@Timeout(120)
final class MockLlmPackageTest {
    private static Process server;
    private static OpenAiProvider provider;
    private static Exai exai;
    private static Session session;

    @BeforeAll
    static void start() throws Exception {
        int port = freePort();
        server = Node.start(
                Map.of("PORT", String.valueOf(port), "HOST", "127.0.0.1"),
                "@dwmkerr/mock-llm/dist/main.js",
                "--config",
                "mock-llm.yaml");
        BufferedReader output = server.inputReader();
        String line = output.readLine();
        while (line != null && !line.contains("running")) {
            line = output.readLine();
        }
        assertThat(line).as("what the server says when it is ready").isNotNull();
        drain(output);
        provider = OpenAiProvider.builder("mock", "http://127.0.0.1:" + port + "/v1", ApiKey.of("sk-mock"))
                .models(List.of(ModelInfo.builder("mock-1").build()))
                .build();
        exai = Exai.builder(provider).build();
        session = exai.openSession("interop");
    }

    @AfterAll
    static void stop() throws Exception {
        if (exai != null) {
            exai.close();
        }
        if (server != null) {
            server.destroy();
            assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chat_question_isEchoed(boolean stream) throws Exception {
        ChatReply reply = session.chat(
                        question("Grüße aus Köln, 你好 😀").stream(stream).build())
                .await();

        assertThat(reply.text()).isEqualTo("Grüße aus Köln, 你好 😀");
        assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(reply.model()).isEqualTo("mock-1");
        assertThat(reply.requestId()).hasValueSatisfying(id -> assertThat(id).startsWith("chatcmpl-"));
        assertThat(exai.snapshot().isIdle()).isTrue();
    }

    @Test
    void chat_function_isAskedFor() throws Exception {
        ChatReply reply = session.chat(question("use add").stream(false)
                        .functions(List.of(FunctionSpec.of("add", "Add", "{\"type\":\"object\"}")))
                        .build())
                .await();

        assertThat(reply.functionCalls()).containsExactly(FunctionCall.of("call_1", "add", "{\"a\":2,\"b\":3}"));
        assertThat(reply.finishReason()).isEqualTo(FinishReason.FUNCTION_CALLS);
    }

    /** Of a stream this server tells its errors with a status of success. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chat_errors_areTyped(boolean stream) {
        assertThrown("error-401", stream, AuthenticationException.class);
        assertThrown("error-429", stream, RateLimitedException.class);
        assertThat(exai.snapshot().isIdle()).isTrue();
    }

    @Test
    void models_areListed() throws Exception {
        assertThat(provider.api().models(Duration.ofSeconds(20)).get())
                .extracting(ListedModel::id)
                .containsExactly("mock-1");
    }

    private static void assertThrown(String prompt, boolean stream, Class<? extends ProviderException> expected) {
        CallOptions once = CallOptions.builder().maxAttempts(1).build();
        assertThatThrownBy(() -> session.chat(question(prompt).stream(stream).build(), once)
                        .await())
                .isExactlyInstanceOf(expected);
    }

    private static ChatRequest.Builder question(String prompt) {
        return ChatRequest.builder(prompt).model("mock/mock-1");
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** It logs each request, and would stop if nobody read that. */
    private static void drain(BufferedReader output) {
        Thread thread = new Thread(() -> output.lines().forEach(line -> {}), "mock-llm-output");
        thread.setDaemon(true);
        thread.start();
    }
}

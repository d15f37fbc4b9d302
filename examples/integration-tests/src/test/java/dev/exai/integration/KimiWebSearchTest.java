package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.call.CallState;
import dev.exai.call.ToolCall;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.FinishReason;
import dev.exai.message.WebSearch;
import dev.exai.providers.kimi.KimiWebSearch;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** I2, I9: a search of Kimi takes two calls, holds nothing between them, and is cancelled as one. */
@Timeout(60)
class KimiWebSearchTest {
    private static final String ARGUMENTS =
            "{\"search_result\":{\"search_id\":\"s1\"},\"usage\":{\"total_tokens\":12800}}";
    private static final ChatRequest QUESTION = ChatRequest.builder("News on X?")
            .model("kimi-k2.6")
            .webSearch(WebSearch.on())
            .build();

    @Test
    void tool_searchAskedForTwice_isAnsweredTwice() throws Exception {
        try (FakeProviderServer server = FakeProviderServer.kimi()) {
            server.script(
                            1,
                            2,
                            HttpScript.functionCall("s:0", KimiWebSearch.NAME, ARGUMENTS)
                                    .complete("tool_calls"))
                    .script(3, HttpScript.text("X did Y.").complete());
            try (Exai exai = Exai.builder(Vendor.KIMI.client(server)).build();
                    Session session = exai.openSession("editor")) {
                ChatReply reply = session.submit(KimiWebSearch.tool(), QUESTION).await();

                assertThat(reply.text()).isEqualTo("X did Y.");
                assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
                assertThat(server.maxInFlight()).isEqualTo(1);
                assertThat(server.requests().get(1).body())
                        .contains("\"type\":\"builtin_function\"", "\"tool_call_id\":\"s:0\"")
                        .contains("\"content\":\"" + ARGUMENTS.replace("\"", "\\\"") + "\"");
                assertThat(server.requests().get(2).field("messages"))
                        .hasValueSatisfying(
                                messages -> assertThat((List<?>) messages).hasSize(5));
                assertThat(exai.snapshot().isIdle()).isTrue();
            }
        }
    }

    @Test
    void tool_otherFunctionBesides_isLeftToTheCaller() throws Exception {
        try (FakeProviderServer server = FakeProviderServer.kimi()) {
            server.script(HttpScript.functionCall("s:0", KimiWebSearch.NAME, ARGUMENTS)
                    .functionCall("add:0", "add", "{}")
                    .complete("tool_calls"));
            try (Exai exai = Exai.builder(Vendor.KIMI.client(server)).build();
                    Session session = exai.openSession("editor")) {
                ChatReply reply = session.submit(KimiWebSearch.tool(), QUESTION).await();

                assertThat(reply.functionCalls()).hasSize(2);
                assertThat(server.opened()).isEqualTo(1);
            }
        }
    }

    @Test
    void cancel_inTheSecondRound_abortsIt() throws Exception {
        try (FakeProviderServer server = FakeProviderServer.kimi()) {
            server.script(
                            1,
                            HttpScript.functionCall("s:0", KimiWebSearch.NAME, ARGUMENTS)
                                    .complete("tool_calls"))
                    .script(2, HttpScript.headers().hang());
            try (Exai exai = Exai.builder(Vendor.KIMI.client(server)).build();
                    Session session = exai.openSession("editor")) {
                ToolCall<ChatReply> call = session.submit(KimiWebSearch.tool(), QUESTION);
                server.awaitRequests(2, Duration.ofSeconds(20));
                server.awaitInFlight(1, Duration.ofSeconds(20));

                call.cancel("enough");

                assertThat(call.state()).isEqualTo(CallState.CANCELLED);
                assertThat(exai.snapshot().isIdle()).isTrue();
                server.awaitNoOpenExchanges(Duration.ofSeconds(20));
            }
        }
    }
}

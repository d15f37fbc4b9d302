package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;
import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.session.Session;
import dev.exai.spi.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real vendors, a few cheap calls each. Only with a key in the environment, which the skipping names; the model can be
 * named there too.
 */
@Tag("services")
@Timeout(600)
class LiveTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** A real vendor. */
    enum Live {
        GLM("GLM_API_KEY", "EXAI_LIVE_GLM_MODEL", "glm-4.7-flash", GlmProvider::fromEnvironment),
        KIMI("KIMI_API_KEY", "EXAI_LIVE_KIMI_MODEL", "kimi-k2.6", KimiProvider::fromEnvironment);

        private final String key;
        private final String modelVariable;
        private final String model;
        private final Function<Map<String, String>, Optional<? extends Provider>> factory;

        Live(
                String key,
                String modelVariable,
                String model,
                Function<Map<String, String>, Optional<? extends Provider>> factory) {
            this.key = key;
            this.modelVariable = modelVariable;
            this.model = model;
            this.factory = factory;
        }

        Provider provider() {
            Optional<? extends Provider> made = factory.apply(System.getenv());
            Assumptions.assumeTrue(made.isPresent(), "live tests of " + this + " need a key in " + key);
            return made.orElseThrow();
        }

        ChatRequest.Builder ask(String prompt) {
            String id = System.getenv().getOrDefault(modelVariable, model);
            return ChatRequest.builder(prompt)
                    .model(name().toLowerCase(Locale.ROOT) + "/" + id)
                    .maxOutputTokens(2_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void chat_streamAndWhole_answer(Live live) throws Exception {
        try (Exai exai = Exai.builder(live.provider()).build();
                Session session = exai.openSession("live")) {
            for (boolean stream : new boolean[] {true, false}) {
                ChatReply reply = session.chat(
                                live.ask("Answer with the word yes.").stream(stream)
                                        .build(),
                                options())
                        .await();

                assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
                assertThat(reply.text()).containsIgnoringCase("yes");
                assertThat(reply.usage().totalTokens()).isPositive();
                assertThat(reply.requestId()).isPresent();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void functions_roundTrip_answers(Live live) throws Exception {
        FunctionSpec add = FunctionSpec.of(
                "add",
                "Adds two numbers",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"a\",\"b\"]}");
        ChatRequest question = live.ask("Use the function add to add 1234 and 4321, then tell me the sum.")
                .functions(List.of(add))
                .build();
        try (Exai exai = Exai.builder(live.provider()).build();
                Session session = exai.openSession("live")) {
            ChatReply asks = session.chat(question, options()).await();
            assertThat(asks.functionCalls()).isNotEmpty();
            List<ChatMessage> messages = new ArrayList<>(question.messages());
            messages.add(asks.toMessage());
            for (FunctionCall call : asks.functionCalls()) {
                assertThat(call.name()).isEqualTo("add");
                messages.add(ChatMessage.functionResult(call.id(), "5555"));
            }

            ChatReply answer = session.chat(
                            question.toBuilder().messages(messages).build(), options())
                    .await();

            assertThat(answer.text().replace(",", "")).contains("5555");
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancel_inMidAnswer_freesThePermit(Live live) {
        try (Exai exai = Exai.builder(live.provider()).build();
                Session session = exai.openSession("live")) {
            ChatCall call =
                    session.chat(live.ask("Count from 1 to 500, in words.").build(), options());
            for (Chunk first : call.chunks()) {
                assertThat(first.sizeInBytes()).isPositive();
                break;
            }

            call.cancel("enough");

            assertThat(call.state()).isEqualTo(CallState.CANCELLED);
            assertThat(exai.snapshot().isIdle()).isTrue();
        }
    }

    private static CallOptions options() {
        return CallOptions.builder().deadline(LIMIT).build();
    }
}

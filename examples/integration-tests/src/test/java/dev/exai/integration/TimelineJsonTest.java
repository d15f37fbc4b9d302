package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.Exai;
import dev.exai.call.ChatCall;
import dev.exai.json.JsonText;
import dev.exai.json.TimelineJson;
import dev.exai.message.ChatRequest;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimelineJsonTest {
    private final Simulation sim = Simulation.withSeed(1);
    private final ScriptedProvider glm = ScriptedProvider.named("glm", sim.scheduler());
    private final Exai exai = Exai.builder(glm)
            .scheduler(sim.scheduler())
            .executor(sim.executor())
            .effectsExecutor(sim.executor())
            .build();

    @Test
    void of_callThatEnded_hasItsFiguresAndNoContent() {
        glm.script(Script.after(Duration.ofMillis(1_500)).chunk("secret answer").complete());
        ChatCall call = exai.openSession("editor").chat(ChatRequest.of("secret question"));
        sim.run();

        String json = TimelineJson.of(call);
        JsonNode root = JsonText.parse(json);

        assertThat(root.path("call").textValue()).isEqualTo(call.id().toString());
        assertThat(root.path("session").textValue()).isEqualTo("editor/1");
        assertThat(root.path("state").textValue()).isEqualTo("SUCCEEDED");
        assertThat(root.path("totalMs").decimalValue()).isEqualByComparingTo("1500");
        assertThat(root.path("runningMs").decimalValue()).isEqualByComparingTo("1500");
        assertThat(root.path("queuedMs").decimalValue()).isEqualByComparingTo("0");
        assertThat(root.path("overheadMs").decimalValue()).isEqualByComparingTo("0");
        assertThat(root.path("firstPieceMs").decimalValue()).isEqualByComparingTo("1500");
        assertThat(root.path("attempts").intValue()).isEqualTo(1);
        assertThat(root.path("entries").get(0).path("what").textValue()).isEqualTo("started");
        assertThat(root.path("entries")).hasSameSizeAs(call.timeline().entries());
        assertThat(json).doesNotContain("secret");
    }

    @Test
    void of_callUnderWay_hasThoseUpToNow() {
        glm.script(Script.hang());
        ChatCall call = exai.openSession("editor").chat(ChatRequest.of("hello"));
        sim.scheduler().schedule(Duration.ofSeconds(3), () -> {
            JsonNode root = JsonText.parse(TimelineJson.of(call));
            assertThat(root.path("state").textValue()).isEqualTo("RUNNING");
            assertThat(root.path("runningMs").decimalValue()).isEqualByComparingTo("3000");
            assertThat(root.has("firstPieceMs")).isFalse();
            call.cancel("seen");
        });

        sim.run();

        assertThat(call.isDone()).isTrue();
    }
}

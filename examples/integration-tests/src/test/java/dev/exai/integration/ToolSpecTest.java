package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.Tool;
import dev.exai.call.ToolSpec;
import dev.exai.error.ToolFailedException;
import dev.exai.json.JsonCodecs;
import dev.exai.session.Session;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ToolSpecTest {
    /** What the tool takes. */
    record Place(String city) {}

    /** What it returns. */
    record Weather(String city, int degrees) {}

    private static final ToolSpec<Place, Weather> SPEC = ToolSpec.of(
            "weather", "The weather", JsonCodecs.forRecord(Place.class), JsonCodecs.forRecord(Weather.class));

    private final Simulation sim = Simulation.withSeed(1);
    private final Exai exai = Exai.builder(ScriptedProvider.named("glm", sim.scheduler()))
            .scheduler(sim.scheduler())
            .executor(sim.executor())
            .effectsExecutor(sim.executor())
            .build();
    private final Session session = exai.openSession("s");

    @Test
    void toFunction_hasTheSchemaOfTheInput() {
        assertThat(SPEC.toFunction().name()).isEqualTo("weather");
        assertThat(SPEC.toFunction().parametersSchema()).contains("\"city\"");
    }

    @Test
    void asJson_blocking_takesAndReturnsText() {
        Tool<Place, Weather> tool = Tool.blocking(SPEC, (place, context) -> new Weather(place.city(), 21));

        var call = session.submit(tool.asJson(), "{\"city\":\"Oslo\"}");
        sim.run();

        assertThat(call.toCompletableFuture()).isCompletedWithValue("{\"city\":\"Oslo\",\"degrees\":21}");
        assertThat(tool.spec()).contains(SPEC);
    }

    @Test
    void asJson_async_takesAndReturnsText() {
        Tool<Place, Weather> tool =
                Tool.async(SPEC, (place, context) -> CompletableFuture.completedFuture(new Weather(place.city(), 4)));

        var call = session.submit(tool.asJson(), "{\"city\":\"Oslo\"}");
        sim.run();

        assertThat(call.toCompletableFuture()).isCompletedWithValue("{\"city\":\"Oslo\",\"degrees\":4}");
    }

    @Test
    void asJson_textThatDoesNotFit_failsTheCall() {
        Tool<Place, Weather> tool = Tool.blocking(SPEC, (place, context) -> new Weather(place.city(), 21));

        var call = session.submit(tool.asJson(), "{\"town\":\"Oslo\"}");
        sim.run();

        assertThatThrownBy(call::await)
                .isInstanceOf(ToolFailedException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void asJson_withoutForms_isRefused() {
        Tool<String, String> tool = Tool.blocking("plain", (text, context) -> text);

        assertThatThrownBy(tool::asJson)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ToolSpec");
    }
}

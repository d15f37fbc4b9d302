package dev.exai.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.FakeScheduler;
import dev.exai.error.ExaiException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.resilience.Circuit.Pass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("R2: no circuit stays half open")
class CircuitProperties {
    private static final ExaiException DOWN = new UnavailableException(UpstreamError.of("glm"), null);

    @Property(tries = 300)
    @Label("whatever happens: it is never open for longer than a minute with no call let through")
    void any_sequence_neverStuck(@ForAll long seed) {
        FakeScheduler clock = new FakeScheduler();
        Circuit circuit = new Circuit("glm/a", clock, Resilience.defaults());
        Random random = new Random(seed);
        List<Pass> out = new ArrayList<>();
        for (int step = 0; step < 300; step++) {
            if (random.nextInt(3) > 0) {
                Pass pass = circuit.tryPass();
                if (pass != null) {
                    out.add(pass);
                }
            } else if (!out.isEmpty()) {
                Pass pass = out.remove(random.nextInt(out.size()));
                switch (random.nextInt(4)) {
                    case 0 -> pass.well();
                    case 1 -> pass.noVerdict();
                    default -> pass.failed(DOWN);
                }
            }
            clock.advance(Duration.ofMillis(random.nextInt(4_000)));
        }
        out.forEach(Pass::noVerdict);
        clock.advance(Duration.ofMinutes(1));

        assertThat(circuit.refusal()).isNull();
        assertThat(circuit.tryPass()).isNotNull();
    }
}

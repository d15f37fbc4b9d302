package dev.exai.resilience;

import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.error.ExaiException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What is known of a model of a provider: its circuit, and what it failed with. */
final class ModelHealth {
    /** Fewer results than this say nothing of a strain. */
    private static final int FEW_RESULTS = 5;

    private static final double STRAINED_SHARE = 0.2;

    final Circuit circuit;
    private final ProviderId provider;
    private final String model;
    private final String name;
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

    ModelHealth(ProviderId provider, String model, Scheduler scheduler, Resilience rules) {
        this.provider = provider;
        this.model = model;
        this.name = provider + "/" + model;
        this.circuit = new Circuit(name, scheduler, rules);
    }

    String name() {
        return name;
    }

    void count(ExaiException failure) {
        failures.computeIfAbsent(failure.getClass().getSimpleName(), name -> new LongAdder())
                .increment();
    }

    Condition condition() {
        if (circuit.isShut()) {
            return Condition.DOWN;
        }
        long results = circuit.results();
        return results >= FEW_RESULTS && circuit.failures() >= STRAINED_SHARE * results
                ? Condition.STRAINED
                : Condition.WELL;
    }

    HealthReport.OfModel report() {
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((name, count) -> counts.put(name, count.sum()));
        return new HealthReport.OfModel(
                provider,
                model,
                condition(),
                circuit.state(),
                circuit.untilProbe(),
                circuit.results(),
                circuit.failures(),
                counts);
    }
}

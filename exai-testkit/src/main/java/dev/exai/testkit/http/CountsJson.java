package dev.exai.testkit.http;

import dev.exai.testkit.script.ExchangeCounts;
import java.util.stream.Collectors;

/** What a server has counted, as JSON for clients in other languages. */
final class CountsJson {
    private CountsJson() {}

    static String of(ExchangeCounts counts, long refused) {
        return "{\"open\":" + counts.open() + ",\"in_flight\":" + counts.inFlight() + ",\"max_in_flight\":"
                + counts.maxInFlight() + ",\"opened\":" + counts.opened() + ",\"completed\":" + counts.completed()
                + ",\"failed\":" + counts.failed() + ",\"aborted\":" + counts.aborted() + ",\"refused\":" + refused
                + ",\"models\":"
                + counts.models().stream()
                        .map(model -> JsonText.quote(model) + ":" + of(counts, model))
                        .collect(Collectors.joining(",", "{", "}"))
                + "}";
    }

    private static String of(ExchangeCounts counts, String model) {
        return "{\"open\":" + counts.openAt(model) + ",\"in_flight\":" + counts.inFlight(model)
                + ",\"max_in_flight\":" + counts.maxInFlight(model) + ",\"opened\":" + counts.openedAt(model)
                + ",\"completed\":" + counts.completedAt(model) + ",\"failed\":" + counts.failedAt(model)
                + ",\"aborted\":" + counts.abortedAt(model) + "}";
    }
}

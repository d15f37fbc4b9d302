package dev.exai.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.call.Timeline;
import dev.exai.call.ToolCall;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * Writes what a call did, and when, as JSON: for a log, or a tool that draws it. Times are milliseconds since the call
 * started, with fractions. No content of prompts or answers is in it.
 *
 * <pre>{@code
 * {"call":"editor/1#7","session":"editor/1","state":"SUCCEEDED","totalMs":1203.5,"queuedMs":0.2,"runningMs":1203.1,
 *  "backingOffMs":0,"overheadMs":0.2,"attempts":1,"pieces":17,"firstPieceMs":412.9,"longestSilenceMs":80.3,
 *  "entries":[{"atMs":0,"what":"started"}]}
 * }</pre>
 */
public final class TimelineJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private TimelineJson() {}

    /**
     * {@return the timeline of a call, up to now or to its end, with the call's id, session and state}
     *
     * @param call the call
     */
    public static String of(ToolCall<?> call) {
        ObjectNode root = NODES.objectNode()
                .put("call", call.id().toString())
                .put("session", call.sessionId().toString())
                .put("state", call.state().name());
        return JsonText.write(root.setAll(figures(call.timeline())));
    }

    private static ObjectNode figures(Timeline timeline) {
        ObjectNode figures = NODES.objectNode()
                .put("totalMs", millis(timeline.total()))
                .put("queuedMs", millis(timeline.queued()))
                .put("runningMs", millis(timeline.running()))
                .put("backingOffMs", millis(timeline.backingOff()))
                .put("overheadMs", millis(timeline.overhead()))
                .put("attempts", timeline.attempts())
                .put("pieces", timeline.pieces());
        timeline.firstPiece().ifPresent(at -> figures.put("firstPieceMs", millis(at)));
        figures.put("longestSilenceMs", millis(timeline.longestSilence()));
        ArrayNode entries = figures.putArray("entries");
        for (Timeline.Entry entry : timeline.entries()) {
            entries.addObject().put("atMs", millis(entry.at())).put("what", entry.what());
        }
        return figures;
    }

    private static BigDecimal millis(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos(), 6).stripTrailingZeros();
    }
}

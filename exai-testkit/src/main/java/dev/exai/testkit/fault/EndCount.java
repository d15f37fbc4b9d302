package dev.exai.testkit.fault;

import dev.exai.context.CallId;
import dev.exai.event.ExaiEvent;
import dev.exai.event.ExaiListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the ends of calls, as a listener of all events is told of them. Safe for use by many threads. */
final class EndCount implements ExaiListener {
    private final Map<CallId, Integer> ends = new ConcurrentHashMap<>();

    @Override
    public void callEnded(ExaiEvent.CallEnded event) {
        event.callId().ifPresent(id -> ends.merge(id, 1, Integer::sum));
    }

    int of(CallId call) {
        return ends.getOrDefault(call, 0);
    }
}

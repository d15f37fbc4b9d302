package dev.exai.testkit.storm;

import dev.exai.call.ToolCall;
import dev.exai.context.CallId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a call under way: from the events of the library, and from the call itself where it is watched. */
final class Fate {
    final CallId id;

    /** The call, if it is watched. */
    @Nullable
    ToolCall<?> call;

    /** Which model of the provider it last asked a permit for; empty if it named none. */
    String model = "";

    /** Where it waits for a permit. */
    Tally.@Nullable Lane waitsIn;

    /** Where it holds one. */
    Tally.@Nullable Lane holdsIn;

    /** When it began to wait, in the order of arrivals. */
    long arrival;

    /** How many grants there had been in all when it began to wait. */
    long grantsAtArrival;

    /** How often a later one was granted at its provider while it was the head of its lane and could have gone. */
    int overtaken;

    boolean started;
    boolean ended;

    /** Whether it is among those that events of this moment were about. */
    boolean touched;

    private @Nullable List<ToolCall<?>> children;

    Fate(CallId id) {
        this.id = id;
    }

    void addChild(ToolCall<?> child) {
        if (children == null) {
            children = new ArrayList<>(2);
        }
        children.add(child);
    }

    List<ToolCall<?>> children() {
        return children == null ? List.of() : children;
    }
}

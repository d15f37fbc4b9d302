package dev.exai.testkit.fault;

import dev.exai.call.CallState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A step from one state to another, as the table of {@link CallState#next()} has it. */
record Move(CallState from, CallState to) {
    /**
     * Made only where a provider is sick: by falling back to another model, and by waiting for a circuit's next probe. They
     * have no cells, since the matrix asks one model of one provider; the scenarios of fall-back and of circuits make them.
     */
    static final Set<Move> OF_SICK_PROVIDERS = Set.of(
            new Move(CallState.RESOLVING, CallState.BACKING_OFF),
            new Move(CallState.QUEUED, CallState.BACKING_OFF),
            new Move(CallState.RUNNING, CallState.QUEUED),
            new Move(CallState.BACKING_OFF, CallState.FAILED));

    /** All that a chat call can take. */
    static List<Move> ofChat() {
        return reachable(CallState.RESOLVING, Set.of());
    }

    /** All that a tool's call can take: it makes no attempts, so it never backs off. */
    static List<Move> ofTool() {
        return reachable(CallState.QUEUED, Set.of(CallState.BACKING_OFF));
    }

    private static List<Move> reachable(CallState first, Set<CallState> never) {
        List<Move> moves = new ArrayList<>();
        Set<CallState> seen = new LinkedHashSet<>(Set.of(first));
        for (List<CallState> left = new ArrayList<>(seen); !left.isEmpty(); ) {
            CallState from = left.remove(0);
            for (CallState to : from.next()) {
                Move move = new Move(from, to);
                if (!never.contains(to) && !OF_SICK_PROVIDERS.contains(move)) {
                    moves.add(move);
                    if (seen.add(to)) {
                        left.add(to);
                    }
                }
            }
        }
        return List.copyOf(moves);
    }

    boolean is(CallState first, CallState second) {
        return from == first && to == second;
    }

    @Override
    public String toString() {
        return from + "->" + to;
    }
}

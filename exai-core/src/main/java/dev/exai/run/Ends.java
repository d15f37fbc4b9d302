package dev.exai.run;

import dev.exai.run.store.RunRecord;
import dev.exai.run.store.TaskState;
import java.util.List;
import java.util.Optional;

/** How the ends of runs are kept. */
final class Ends {
    private static final String DONE = "DONE";
    private static final String CANCELLED = "CANCELLED";
    private static final String OUT_OF_BUDGET = "OUT_OF_BUDGET";
    private static final String NO_PROGRESS = "NO_PROGRESS";
    private static final String FAILED = "FAILED";

    private Ends() {}

    /** Whether an end is kept: a run that is suspended, or needs a decision, has not ended for others. */
    static boolean isKept(RunOutcome outcome) {
        return !(outcome instanceof RunOutcome.Suspended) && !(outcome instanceof RunOutcome.NeedsDecision);
    }

    /** Whether a run that ended so cannot be taken up again. */
    static boolean isFinal(RunRecord end) {
        return List.of(DONE, CANCELLED, NO_PROGRESS).contains(end.name());
    }

    static void encode(RunOutcome outcome, RunRecord.Builder builder) {
        if (outcome instanceof RunOutcome.Done done) {
            builder.name(DONE).text(done.text());
        } else if (outcome instanceof RunOutcome.Cancelled cancelled) {
            builder.name(CANCELLED).text(cancelled.reason());
        } else if (outcome instanceof RunOutcome.OutOfBudget spent) {
            builder.name(OUT_OF_BUDGET)
                    .text(outcome.explain())
                    .detail(spent.limit().name());
        } else if (outcome instanceof RunOutcome.NoProgress) {
            builder.name(NO_PROGRESS).text(outcome.explain());
        } else if (outcome instanceof RunOutcome.Failed failed) {
            builder.name(FAILED).text(failed.reason());
        }
    }

    /** The outcome of a run that cannot be taken up again. */
    static RunOutcome decode(RunRecord end, RunState state) {
        Evidence evidence = state.lastEvidence();
        if (end.name().equals(DONE)) {
            return new RunOutcome.Done(end.text());
        } else if (end.name().equals(CANCELLED)) {
            return new RunOutcome.Cancelled(end.text());
        } else if (end.name().equals(NO_PROGRESS) && evidence != null) {
            return new RunOutcome.NoProgress(evidence);
        }
        return new RunOutcome.Failed(end.text(), Optional.empty());
    }

    /** The state of a run's task once this is its last record. */
    static TaskState stateAt(RunRecord last) {
        if (last.kind() != RunRecord.Kind.ENDED) {
            return TaskState.IN_PROGRESS;
        }
        return switch (last.name()) {
            case DONE -> TaskState.DONE;
            case CANCELLED -> TaskState.CANCELLED;
            default -> TaskState.FAILED;
        };
    }
}

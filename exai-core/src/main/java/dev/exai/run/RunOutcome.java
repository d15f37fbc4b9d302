package dev.exai.run;

import java.util.List;
import java.util.Optional;

/**
 * How a run ended. No {@code toString} shows content.
 *
 * <p>{@link Done}, {@link Cancelled} and {@link NoProgress} are final. A run that ended otherwise can be taken up again, in this
 * process or another one, by {@link Runs#resume}.
 */
public sealed interface RunOutcome {
    /** {@return why the run ended, in one sentence without content} */
    String explain();

    /** {@return the answer, if it ended well} */
    default Optional<String> answer() {
        return Optional.empty();
    }

    /**
     * It is done, and has an answer.
     *
     * @param text the answer, not blank
     */
    record Done(String text) implements RunOutcome {
        /**
         * Creates the outcome.
         *
         * @param text the answer, not blank
         */
        public Done {
            if (text.isBlank()) {
                throw new IllegalArgumentException("a run that is done has an answer");
            }
        }

        @Override
        public Optional<String> answer() {
            return Optional.of(text);
        }

        @Override
        public String explain() {
            return "done, with an answer of " + text.length() + " characters";
        }

        @Override
        public String toString() {
            return "Done[" + text.length() + " chars]";
        }
    }

    /**
     * Somebody cancelled it.
     *
     * @param reason why
     */
    record Cancelled(String reason) implements RunOutcome {
        @Override
        public String explain() {
            return "cancelled: " + reason;
        }
    }

    /**
     * It has spent what it was given. It can go on with more.
     *
     * @param limit what it has spent
     * @param budget what it was given
     */
    record OutOfBudget(Budget.Limit limit, Budget budget) implements RunOutcome {
        @Override
        public String explain() {
            String given = switch (limit) {
                case TIME -> budget.time().map(Object::toString).orElse("");
                case TOKENS -> budget.tokens().orElse(0) + " tokens";
                case COST -> "$" + budget.cost().map(Object::toString).orElse("");
                case CALLS -> budget.calls().orElse(0) + " calls";
            };
            return "out of budget: " + given + " were given. Resume it with a larger budget to go on";
        }
    }

    /**
     * It went in circles, was told so, and went on in circles.
     *
     * @param evidence what shows it
     */
    record NoProgress(Evidence evidence) implements RunOutcome {
        @Override
        public String explain() {
            return "no progress: " + evidence.explain() + ", also after it was asked for another way";
        }
    }

    /**
     * Nobody knows whether some functions have run. It goes on when a user has decided about each.
     *
     * @param doubts the functions
     */
    record NeedsDecision(List<Doubt> doubts) implements RunOutcome {
        /**
         * Creates the outcome.
         *
         * @param doubts the functions
         */
        public NeedsDecision {
            doubts = List.copyOf(doubts);
        }

        @Override
        public String explain() {
            return "needs a decision: nobody knows whether "
                    + String.join(", ", doubts.stream().map(Doubt::function).toList())
                    + " ran before the process ended. Resume it with a decision about each";
        }
    }

    /**
     * It cannot go on here, and nothing is wrong with it: its session or its store was closed, its store failed, or another
     * process has taken it over.
     *
     * @param reason why
     */
    record Suspended(String reason) implements RunOutcome {
        @Override
        public String explain() {
            return "suspended: " + reason;
        }
    }

    /**
     * A call failed in a way that the library could not get over, or a step threw.
     *
     * @param reason what happened
     * @param cause what was thrown, if something was and this process is the one where it happened
     */
    record Failed(String reason, Optional<Throwable> cause) implements RunOutcome {
        @Override
        public String explain() {
            return "failed: " + reason;
        }
    }
}

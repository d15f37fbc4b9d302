package dev.exai.run;

/**
 * When a run is taken to go in circles. All rules are on unless they are switched off. Immutable.
 *
 * <p>What a rule finds first is told to the model, or to the next step, which is asked for another way. What is found next
 * ends the run as {@link RunOutcome.NoProgress}. Work that is new for long enough makes the first warning be forgotten.
 */
public final class ProgressRules {
    private static final ProgressRules DEFAULTS = new ProgressRules(new Builder());
    private static final ProgressRules OFF = new ProgressRules(
            new Builder().sameTurn(0).cycles(0, 2).sameError(0).emptyAnswers(0));

    private final int sameTurn;
    private final int longestCycle;
    private final int cycleRepeats;
    private final int sameError;
    private final int emptyAnswers;

    private ProgressRules(Builder builder) {
        this.sameTurn = builder.sameTurn;
        this.longestCycle = builder.longestCycle;
        this.cycleRepeats = builder.cycleRepeats;
        this.sameError = builder.sameError;
        this.emptyAnswers = builder.emptyAnswers;
    }

    /** {@return the rules as they are unless somebody changes them} */
    public static ProgressRules defaults() {
        return DEFAULTS;
    }

    /** {@return no rules: the run may go in circles for as long as its budget lasts} */
    public static ProgressRules off() {
        return OFF;
    }

    /** {@return a builder that starts with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return how many turns in a row may be the same, the last one being too many; 0 if any number} */
    public int sameTurn() {
        return sameTurn;
    }

    /** {@return how many turns a cycle may have to be found; 0 if none is looked for} */
    public int longestCycle() {
        return longestCycle;
    }

    /** {@return how often a cycle must have been gone through to be found} */
    public int cycleRepeats() {
        return cycleRepeats;
    }

    /** {@return how many turns in a row may fail with the same error, the last one being too many; 0 if any number} */
    public int sameError() {
        return sameError;
    }

    /** {@return how many answers in a row may be empty, the last one being too many; 0 if any number} */
    public int emptyAnswers() {
        return emptyAnswers;
    }

    /** {@return how many turns are remembered: enough for every rule to find what it looks for} */
    int window() {
        return Math.max(sameTurn, longestCycle * cycleRepeats);
    }

    @Override
    public String toString() {
        return "ProgressRules[same turn " + sameTurn + ", cycles up to " + longestCycle + " x" + cycleRepeats
                + ", same error " + sameError + ", empty answers " + emptyAnswers + "]";
    }

    /** Builds {@link ProgressRules}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private int sameTurn = 3;
        private int longestCycle = 8;
        private int cycleRepeats = 3;
        private int sameError = 3;
        private int emptyAnswers = 1;

        private Builder() {}

        /**
         * Sets how many turns in a row are too many when they are the same: the same functions with the same arguments and the
         * same results, the same answer that was not accepted, or the same state of a step. 3 by default.
         *
         * @param turns 2 or more; 0 switches the rule off
         * @return this builder
         */
        public Builder sameTurn(int turns) {
            this.sameTurn = offOrAtLeast("sameTurn", 2, turns);
            return this;
        }

        /**
         * Sets which cycles of turns are found: of 2 to 8 turns, gone through 3 times, by default.
         *
         * @param longest the most turns of a cycle, 2 or more; 0 switches the rule off
         * @param times how often it was gone through, 2 or more
         * @return this builder
         */
        public Builder cycles(int longest, int times) {
            this.longestCycle = offOrAtLeast("longest", 2, longest);
            if (times < 2) {
                throw new IllegalArgumentException("times < 2: " + times);
            }
            this.cycleRepeats = times;
            return this;
        }

        /**
         * Sets how many turns in a row are too many when all functions of them fail with the same error, whatever their
         * arguments. 3 by default.
         *
         * @param turns 2 or more; 0 switches the rule off
         * @return this builder
         */
        public Builder sameError(int turns) {
            this.sameError = offOrAtLeast("sameError", 2, turns);
            return this;
        }

        /**
         * Sets how many empty answers in a row are too many. 1 by default: the first one is told to the model.
         *
         * @param answers 1 or more; 0 switches the rule off
         * @return this builder
         */
        public Builder emptyAnswers(int answers) {
            this.emptyAnswers = offOrAtLeast("emptyAnswers", 1, answers);
            return this;
        }

        /** {@return the rules} */
        public ProgressRules build() {
            return new ProgressRules(this);
        }

        private static int offOrAtLeast(String name, int least, int value) {
            if (value != 0 && value < least) {
                throw new IllegalArgumentException(name + " is neither 0 nor at least " + least + ": " + value);
            }
            return value;
        }
    }
}

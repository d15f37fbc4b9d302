package dev.exai.run;

import java.util.List;
import java.util.Objects;

/** What shows that a run goes in circles. Immutable; {@code toString} shows names and numbers, no content. */
public final class Evidence {
    /** What was found. */
    public enum Rule {
        /** The same functions with the same arguments and the same results, again and again. */
        SAME_CALLS,
        /** The same answer, which was not accepted. */
        SAME_ANSWER,
        /** A step that leads to where it came from. */
        SAME_STATE,
        /** Functions that fail with the same error, whatever their arguments. */
        SAME_ERROR,
        /** A cycle of several turns. */
        CYCLE,
        /** Answers without text. */
        EMPTY_ANSWER
    }

    private final Rule rule;
    private final List<String> cycle;
    private final int times;
    private final long fromStep;
    private final long toStep;
    private final String content;

    Evidence(Rule rule, List<String> cycle, int times, long fromStep, long toStep, String content) {
        this.rule = Objects.requireNonNull(rule, "rule");
        this.cycle = List.copyOf(cycle);
        this.times = times;
        this.fromStep = fromStep;
        this.toStep = toStep;
        this.content = Objects.requireNonNull(content, "content");
    }

    /** {@return what was found} */
    public Rule rule() {
        return rule;
    }

    /** {@return what each turn of the cycle did, in order: names of functions, no content; one turn unless it is a cycle} */
    public List<String> cycle() {
        return cycle;
    }

    /** {@return how often it was gone through} */
    public int times() {
        return times;
    }

    /** {@return the first step of it} */
    public long fromStep() {
        return fromStep;
    }

    /** {@return the last step of it} */
    public long toStep() {
        return toStep;
    }

    /** {@return what the last turn was, with arguments, results or answer, cut to a few lines} Content: not for logs. */
    public String content() {
        return content;
    }

    /** {@return what was found, in one sentence without content} */
    public String explain() {
        String steps = "steps " + fromStep + " to " + toStep;
        return switch (rule) {
            case SAME_CALLS ->
                String.join(" ", cycle) + " had the same arguments and the same result " + times + " times, " + steps;
            case SAME_ANSWER -> "the same answer was given " + times + " times and not accepted, " + steps;
            case SAME_STATE -> "the step led to where it came from " + times + " times, " + steps;
            case SAME_ERROR -> String.join(" ", cycle) + " failed with the same error " + times + " times, " + steps;
            case CYCLE ->
                "a cycle of " + cycle.size() + " turns (" + String.join(", ", cycle) + ") was gone through " + times
                        + " times, " + steps;
            case EMPTY_ANSWER -> times + (times == 1 ? " answer was" : " answers were") + " empty, " + steps;
        };
    }

    @Override
    public String toString() {
        return "Evidence[" + rule + ": " + explain() + "]";
    }
}

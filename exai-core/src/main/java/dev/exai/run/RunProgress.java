package dev.exai.run;

import dev.exai.context.RunId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** How far a run has come, at one moment. Fit for a progress bar. Immutable; shows no content. */
public final class RunProgress {
    /** What the run waits for. */
    public enum Waiting {
        /** Nothing: it decides what comes next. */
        NOTHING,
        /** The model. */
        MODEL,
        /** Functions, or a step. */
        FUNCTIONS,
        /** Its store. */
        STORE,
        /** A time that a step has asked for. */
        TIME
    }

    private final RunId id;
    private final String workflow;
    private final long step;
    private final Waiting waiting;
    private final List<String> running;
    private final Spent spent;
    private final Budget budget;
    private final StoreState store;

    RunProgress(
            RunId id,
            String workflow,
            long step,
            Waiting waiting,
            List<String> running,
            Spent spent,
            Budget budget,
            StoreState store) {
        this.id = Objects.requireNonNull(id, "id");
        this.workflow = Objects.requireNonNull(workflow, "workflow");
        this.step = step;
        this.waiting = Objects.requireNonNull(waiting, "waiting");
        this.running = List.copyOf(running);
        this.spent = Objects.requireNonNull(spent, "spent");
        this.budget = Objects.requireNonNull(budget, "budget");
        this.store = Objects.requireNonNull(store, "store");
    }

    /** {@return the run} */
    public RunId id() {
        return id;
    }

    /** {@return its workflow's name} */
    public String workflow() {
        return workflow;
    }

    /** {@return how many turns of the model, or steps, there have been} */
    public long step() {
        return step;
    }

    /** {@return what it waits for} */
    public Waiting waiting() {
        return waiting;
    }

    /** {@return the names of the functions that run} */
    public List<String> running() {
        return running;
    }

    /** {@return how long it has been under way, in all processes} */
    public Duration elapsed() {
        return spent.elapsed();
    }

    /** {@return the tokens of prompts and answers so far} */
    public long tokens() {
        return spent.tokens();
    }

    /** {@return the cost so far in US dollars, by the prices of the catalogue; models without a price cost nothing here} */
    public BigDecimal cost() {
        return spent.cost();
    }

    /** {@return the calls so far: turns, functions, steps, and calls that those made} */
    public long calls() {
        return spent.calls();
    }

    Spent spent() {
        return spent;
    }

    /** {@return what it may spend} */
    public Budget budget() {
        return budget;
    }

    /** {@return how much of the budget is used up, by the limit that is nearest: from 0 to 1, and 0 if there is none} */
    public double used() {
        return budget.usedBy(spent);
    }

    /** {@return how its store does} */
    public StoreState store() {
        return store;
    }

    @Override
    public String toString() {
        return workflow + " step " + step + ", " + spent
                + (budget.isUnlimited() ? "" : ", " + Math.round(used() * 100) + " % of the budget")
                + (running.isEmpty() ? "" : ", running " + String.join(" ", running))
                + (store.isGood() ? "" : ", store " + store);
    }
}

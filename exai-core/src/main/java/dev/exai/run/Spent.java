package dev.exai.run;

import dev.exai.message.Usage;
import java.math.BigDecimal;
import java.time.Duration;

/** What a run has spent. Immutable. */
record Spent(Duration elapsed, long tokens, BigDecimal cost, long calls) {
    static Spent nothing() {
        return new Spent(Duration.ZERO, 0, BigDecimal.ZERO, 0);
    }

    Spent plus(Usage usage, BigDecimal moreCost) {
        return new Spent(elapsed, tokens + usage.totalTokens(), cost.add(moreCost), calls);
    }

    Spent plusCalls(long more) {
        return new Spent(elapsed, tokens, cost, calls + more);
    }

    Spent at(Duration time) {
        return time.compareTo(elapsed) <= 0 ? this : new Spent(time, tokens, cost, calls);
    }

    @Override
    public String toString() {
        return calls + " calls, " + tokens + " tokens"
                + (cost.signum() == 0 ? "" : ", $" + cost.stripTrailingZeros().toPlainString()) + ", "
                + elapsed.toMillis() / 1000.0 + " s";
    }
}

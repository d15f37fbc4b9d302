package dev.exai.permit.mutants;

import java.util.List;

final class BudgetMutants {
    static final List<Mutant> LIST = List.of(
            Mutant.of(
                            "budget-not-refunded",
                            "a grant that is not delivered costs no budget",
                            "read: Resilience4j's and Failsafe's rate limiters")
                    .edit(
                            "Ledger",
                            "if (entry.isRefundable()) {",
                            "if (entry.isRefundable() && now == Long.MIN_VALUE) {"),
            Mutant.of("budget-refunded-after-use", "what was delivered is spent", "none on record")
                    .edit(
                            "Entry",
                            "return (marks & (CHARGED | DELIVERED)) == CHARGED;",
                            "return (marks & CHARGED) == CHARGED;"),
            Mutant.of(
                            "budget-taken-while-waiting",
                            "a request that gives up in the queue costs no budget",
                            "world-federation-of-advertisers/cross-media-measurement#4444")
                    .edit(
                            "Ledger",
                            "lane.append(entry); waiting++;",
                            "lane.append(entry); waiting++; lane.provider().rates.take(entry, now); entry.charged();")
                    .edit(
                            "Ledger",
                            "if (!lane.provider().rates.isEmpty()) {",
                            "if (!lane.provider().rates.isEmpty() && !entry.isRefundable()) {"),
            Mutant.of(
                            "budget-not-taken",
                            "a budget is taken in the same step as the units",
                            "alibaba/Sentinel#628: checked, and taken later")
                    .edit("Ledger", "lane.provider().rates.take(entry, now); entry.charged();", "entry.charged();"),
            Mutant.of(
                            "window-too-short",
                            "no span of a window's length has more granted than the window allows",
                            "none on record")
                    .edit(
                            "RateWindow",
                            "lastNanos[oldest] + lengthNanos - now <= 0",
                            "lastNanos[oldest] + lengthNanos / 2 - now <= 0"),
            Mutant.of(
                            "window-frees-a-line-by-its-first",
                            "what was taken last in a line of the log comes free last",
                            "none on record")
                    .edit(
                            "RateWindow",
                            "amounts[newest] += amount; lastNanos[newest] = now;",
                            "amounts[newest] += amount;"),
            Mutant.of(
                            "only-one-window-counts",
                            "every window of a budget must have room",
                            "Moonshot meters requests, tokens a minute and tokens a day at once")
                    .edit(
                            "Rates",
                            "if (window.room(now) < needed(window, entry)) { return false; }",
                            "return window.room(now) >= needed(window, entry);"),
            Mutant.of(
                            "budget-wakes-nobody",
                            "a window that has room again lets those go who wait",
                            "the same as a limit that grows")
                    .edit("Moves", "alarm.by(order.readyAtNanos, now);", ""),
            Mutant.of("small-passes-large", "nobody passes one whose turn it is and who lacks tokens", "bucket4j#295")
                    .edit(
                            "GrantOrder",
                            "if (first != null && fits(first, now) &&",
                            "if (first != null && fits(first, now) && isAffordable(first, now) &&"),
            Mutant.of(
                            "settled-twice",
                            "only the first report of use counts",
                            "BerriAI/litellm#20256 and those after it: callbacks come twice")
                    .edit(
                            "Entry",
                            "boolean first = (marks & (CHARGED | DELIVERED | SETTLED)) == (CHARGED | DELIVERED);",
                            "boolean first = (marks & (CHARGED | DELIVERED)) == (CHARGED | DELIVERED);"),
            Mutant.of(
                            "reserved-settled-as-used",
                            "where the reserve is charged, using less frees nothing",
                            "Moonshot charges the prompt and the most the answer may have")
                    .edit("Rates", "charge == RateBudget.Charge.RESERVED || !entry.settle()", "!entry.settle()"),
            Mutant.of(
                            "used-more-than-asked-is-free",
                            "where use is charged, using more than was asked for costs more",
                            "none on record")
                    .edit("Rates", "window.take(tokens - asked, now);", ""));

    private BudgetMutants() {}
}

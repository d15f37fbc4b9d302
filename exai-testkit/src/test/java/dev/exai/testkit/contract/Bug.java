package dev.exai.testkit.contract;

/** What {@link ToyLimiter} can be made to do wrong, and the rule that must notice. */
enum Bug {
    LOSES_SOME_RELEASES(LimiterRule.P01),
    CHECKS_THEN_TAKES(LimiterRule.P02),
    RELEASES_TWICE(LimiterRule.P03),
    REFUSED_ATTEMPT_TAKES(LimiterRule.P04),
    REFUSED_ATTEMPT_WAITS(LimiterRule.P04),
    HAND_OVER_DOES_NOT_COUNT(LimiterRule.P05),
    TIMED_OUT_STAYS_QUEUED(LimiterRule.P06),
    TIME_OUT_DROPS_GRANT(LimiterRule.P07),
    INTERRUPTED_STAYS_QUEUED(LimiterRule.P08),
    INTERRUPT_DROPS_GRANT(LimiterRule.P09),
    CANCEL_DROPS_GRANT(LimiterRule.P10),
    STOPS_AT_ONE_THAT_LEFT(LimiterRule.P11),
    LAST_COME_FIRST_SERVED(LimiterRule.P12),
    WAKES_INSTEAD_OF_HANDING_OVER(LimiterRule.P13),
    FORGETS_IF_WORK_THROWS(LimiterRule.P14),
    FORGETS_IF_LISTENER_THROWS(LimiterRule.P15),
    TELLS_UNDER_LOCK(LimiterRule.P16),
    RECURSES(LimiterRule.P17),
    FORGETS_IF_EXECUTOR_REFUSES(LimiterRule.P18),
    SILENT_IF_EXECUTOR_REFUSES(LimiterRule.P18),
    DELIVERS_WHAT_WAS_CANCELLED(LimiterRule.P19),
    TAKES_LEVEL_BY_LEVEL(LimiterRule.P20),
    HOLDS_AND_WAITS(LimiterRule.P21),
    GROWS_IN_SILENCE(LimiterRule.P22),
    SHRINK_WAITS(LimiterRule.P23),
    SERVES_IN_ORDER_OF_ARRIVAL(LimiterRule.P24),
    NAMES_WHO_NO_LONGER_HOLDS(LimiterRule.P25);

    final LimiterRule rule;

    Bug(LimiterRule rule) {
        this.rule = rule;
    }
}

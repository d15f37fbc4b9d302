package dev.exai.testkit.contract;

import static dev.exai.testkit.contract.LimiterFeature.ASYNC;
import static dev.exai.testkit.contract.LimiterFeature.AUDIT;
import static dev.exai.testkit.contract.LimiterFeature.BLOCKING;
import static dev.exai.testkit.contract.LimiterFeature.BRACKET;
import static dev.exai.testkit.contract.LimiterFeature.LEVELS;
import static dev.exai.testkit.contract.LimiterFeature.RESIZE;
import static dev.exai.testkit.contract.LimiterFeature.TENANTS;

import com.google.errorprone.annotations.Immutable;
import dev.exai.testkit.internal.RuleBroken;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The rules of a permit limiter, as {@code docs/spec/permits.md} numbers them. */
public enum LimiterRule implements ContractRule {
    /** Nothing is lost or made by use: what was taken and given back can be taken again, and no more. */
    P01(true, "afterUse_aFullSetCanBeTakenAndNoMore", CountingRules::p01),
    /** By the holders' own count the limit is never exceeded, and a holder sees what the one before it did. */
    P02(true, "holdersOwnCount_neverAboveTheLimit", CountingRules::p02),
    /** A permit that is given back twice frees one unit. */
    P03(true, "releasedTwice_freesOnce", CountingRules::p03),
    /** An attempt that is refused does not wait, and holds nothing. */
    P04(true, "refusedAttempt_holdsNothing", CountingRules::p04),
    /** A permit that is handed to a waiter is out as much as any other. */
    P05(true, "handedOver_counts", CountingRules::p05),
    /** A waiter whose time is up leaves no trace. */
    P06(true, "timedOutWaiter_leavesNoTrace", WaitingRules::p06, BLOCKING),
    /** A waiter whose time is up as it is granted either has the permit or has left it. */
    P07(true, "timedOutAsGranted_losesNothing", RaceRules::p07, BLOCKING),
    /** A waiter that is interrupted leaves no trace. */
    P08(true, "interruptedWaiter_leavesNoTrace", WaitingRules::p08, BLOCKING),
    /** A waiter that is interrupted as it is granted either has the permit or has left it. */
    P09(true, "interruptedAsGranted_losesNothing", RaceRules::p09, BLOCKING),
    /** A request that is cancelled as it is granted either has the permit or has left it. */
    P10(true, "cancelledAsGranted_losesNothing", RaceRules::p10, ASYNC),
    /** If the first in the queue leaves, the next one goes. */
    P11(true, "headLeaves_nextGoes", WaitingRules::p11),
    /** A tenant's requests are served in the order in which they came. */
    P12(true, "oneTenant_firstComeFirstServed", WaitingRules::p12),
    /** Later arrivals overtake a waiter a bounded number of times. */
    P13(true, "laterArrivals_starveNobody", WaitingRules::p13),
    /** Work that throws gives its permit back. */
    P14(true, "workThrows_permitComesBack", HolderRules::p14, BRACKET),
    /** A listener that throws as it is granted gives the permit back. */
    P15(true, "listenerThrows_permitComesBack", HolderRules::p15, ASYNC),
    /** A listener runs outside the limiter's locks and may call the limiter. */
    P16(true, "listenerBlocksOrReenters_othersGoOn", HolderRules::p16, ASYNC),
    /** A queue of many thousands drains, whatever the size of the stack. */
    P17(true, "thousandsWait_stackDoesNotGrow", HolderRules::p17, ASYNC),
    /** A permit that the executor refuses to deliver comes back, and its waiter is told. */
    P18(true, "executorRefuses_permitComesBack", HolderRules::p18, ASYNC),
    /** A request that was cancelled before its permit was delivered holds nothing and is not told of it. */
    P19(true, "cancelledBeforeDelivery_holdsNothing", HolderRules::p19, ASYNC),
    /** A permit takes a unit at every level or at none. */
    P20(true, "severalLevels_allOrNone", LevelRules::p20, LEVELS),
    /** A request that waits at one level holds nothing at another. */
    P21(true, "waitingAtOneLevel_holdsNothing", LevelRules::p21, LEVELS),
    /** If the limit grows, those who wait go at once. */
    P22(false, "limitGrows_waitersGo", LevelRules::p22, RESIZE),
    /** If the limit shrinks, that neither waits for permits nor takes them away, and is obeyed. */
    P23(false, "limitShrinks_neitherBlocksNorRevokes", LevelRules::p23, RESIZE),
    /** The backlog of one tenant does not delay another's first request. */
    P24(false, "backlogOfOneTenant_doesNotDelayAnother", LevelRules::p24, TENANTS),
    /** Whoever holds can be named, and whoever does not is not. */
    P25(false, "whoHolds_isNamed", LevelRules::p25, AUDIT);

    private final boolean required;
    private final String title;
    private final Body body;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of
    private final Set<LimiterFeature> needs;

    LimiterRule(boolean required, String title, Body body, LimiterFeature... needs) {
        this.required = required;
        this.title = title;
        this.body = body;
        this.needs = Set.of(needs);
    }

    @Override
    public boolean isRequired() {
        return required;
    }

    @Override
    public String id() {
        return (required ? "required_" : "optional_") + name().toLowerCase(Locale.ROOT) + "_" + title;
    }

    /** Why a limiter with these features cannot be judged by this rule; empty if it can. */
    String missing(Set<LimiterFeature> offered) {
        Set<LimiterFeature> lacking = EnumSet.noneOf(LimiterFeature.class);
        lacking.addAll(needs);
        lacking.removeAll(offered);
        boolean nobodyWaits = !offered.contains(BLOCKING) && !offered.contains(ASYNC);
        if (lacking.isEmpty() && nobodyWaits && needsWaiters()) {
            return "offers neither BLOCKING nor ASYNC";
        }
        return lacking.isEmpty() ? "" : "does not offer " + lacking;
    }

    /** Whether the rule is about requests that wait, in whichever way. */
    private boolean needsWaiters() {
        return switch (this) {
            case P05, P11, P12, P13, P21, P22, P24 -> true;
            default -> false;
        };
    }

    void tryOn(Trial trial) throws Exception {
        body.run(trial);
    }

    /** What is done to a limiter; throws {@link RuleBroken} if that shows that the rule is broken. */
    @Immutable
    @FunctionalInterface
    interface Body {
        void run(Trial trial) throws Exception;
    }
}

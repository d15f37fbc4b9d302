package dev.exai.testkit.contract.provider;

import static dev.exai.testkit.contract.provider.ProviderFeature.RETRY_AFTER;
import static dev.exai.testkit.contract.provider.ProviderFeature.USAGE;

import com.google.errorprone.annotations.Immutable;
import dev.exai.testkit.contract.ContractRule;
import dev.exai.testkit.internal.RuleBroken;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The rules of a provider, as {@code docs/spec/providers.md} numbers them. */
public enum ProviderRule implements ContractRule {
    /** A whole answer is told in order: opened at most once and first, the pieces as they came, the end. */
    R01(true, "wholeAnswer_isToldInOrder", EventRules::r01),
    /** However an exchange goes, exactly one end is told. */
    R02(true, "everyExchange_oneEnd", EventRules::r02),
    /** After the end nothing is told. */
    R03(true, "afterTheEnd_nothing", EventRules::r03),
    /** A sink is told one thing at a time. */
    R04(true, "sink_isToldOneThingAtATime", EventRules::r04),
    /** What was refused was never opened. */
    R05(true, "refused_wasNotOpened", EventRules::r05),
    /** That the request was accepted is told at once, not with the first piece. */
    R06(false, "accepted_isToldAtOnce", EventRules::r06),
    /** What only keeps a connection alive is no piece of the answer. */
    R07(true, "keepAlives_areNoPieces", EventRules::r07),
    /** Reasoning and functions are told as what they are. */
    R08(true, "piecesOfEachKind_keepTheirKind", EventRules::r08),
    /** The end says why the model stopped. */
    R09(true, "end_saysWhyTheModelStopped", EventRules::r09),
    /** The end says what the answer cost. */
    R10(false, "end_saysWhatItCost", EventRules::r10, USAGE),

    /** To open an exchange waits for nobody. */
    R11(true, "open_returnsAtOnce", RequestRules::r11),
    /** The model, all messages and the output-token limit reach the upstream. */
    R12(true, "question_reachesTheUpstream", RequestRules::r12),
    /** One exchange is one request, whatever becomes of it. */
    R13(true, "oneExchange_isOneRequest", RequestRules::r13),
    /** Name and catalogue stay as they are, and no two models have one name. */
    R14(true, "nameAndCatalogue_stayAsTheyAre", RequestRules::r14),

    /** Aborted as soon as it is open, an exchange ends. */
    R15(true, "abortedAtOnce_ends", AbortRules::r15),
    /** Aborted before the upstream has said anything, an exchange ends. */
    R16(true, "abortedBeforeAnswer_ends", AbortRules::r16),
    /** Aborted while it connects, an exchange ends. */
    R17(true, "abortedWhileConnecting_ends", AbortRules::r17),
    /** Aborted in mid-answer, an exchange ends, also while more and more comes. */
    R18(true, "abortedInMidAnswer_ends", AbortRules::r18),
    /** Aborted again, by several at once or after its end, nothing more happens. */
    R19(true, "abortedAgain_changesNothing", AbortRules::r19),
    /** Aborted as its answer ends, an exchange has one end. */
    R20(true, "abortedAsItEnds_oneEnd", AbortRules::r20),
    /** An exchange can be aborted from inside its own sink. */
    R21(true, "abortedInsideTheSink_ends", AbortRules::r21),
    /** An abort does not wait for a sink. */
    R22(true, "sinkBlocks_abortReturns", AbortRules::r22),
    /** The upstream sees that whoever aborted has left. */
    R23(true, "abort_reachesTheUpstream", AbortRules::r23),

    /** A limit of requests, tokens or concurrency is a rate limit. */
    R24(true, "tooMuch_isRateLimited", ErrorRules::r24),
    /** A balance, plan or day that is used up is no rate limit that a wait would help. */
    R25(true, "usedUp_isQuotaExhausted", ErrorRules::r25),
    /** A key that is missing, wrong or not allowed is told as that. */
    R26(true, "badKey_isAuthentication", ErrorRules::r26),
    /** A request that will never be served is rejected. */
    R27(true, "badRequest_isRejected", ErrorRules::r27),
    /** An upstream that is out of order or overloaded is unavailable. */
    R28(true, "outOfOrder_isUnavailable", ErrorRules::r28),
    /** When to come back is told as the upstream said it, and not made up. */
    R29(true, "retryAfter_isTold", ErrorRules::r29, RETRY_AFTER),
    /** An error inside an answer that began well is a failure, with what came before. */
    R30(true, "errorInMidAnswer_fails", ErrorRules::r30),
    /** An answer that breaks off is never whole. */
    R31(true, "answerCutShort_isNoWholeOne", ErrorRules::r31),
    /** An answer that cannot be understood is malformed. */
    R32(true, "garbage_isMalformed", ErrorRules::r32),
    /** No connection is unavailable. */
    R33(true, "noConnection_isUnavailable", ErrorRules::r33),

    /** The connect limit is kept, and told as that. */
    R34(true, "connectLimit_isKept", LimitRules::r34),
    /** All other limits are left to the library. */
    R35(true, "otherLimits_areLeftToTheLibrary", LimitRules::r35),

    /** Of many at once each gets its own answer. */
    R36(true, "manyAtOnce_eachItsOwn", CompanyRules::r36),
    /** While many hang, others are answered. */
    R37(true, "manyHang_othersAreAnswered", CompanyRules::r37),
    /** A sink that throws harms only its own exchange. */
    R38(true, "sinkThrows_harmsOnlyItself", CompanyRules::r38),
    /** A sink that is slow loses nothing. */
    R39(true, "sinkIsSlow_losesNothing", CompanyRules::r39),
    /** While one sink blocks, other exchanges go on. */
    R40(false, "sinkBlocks_othersGoOn", CompanyRules::r40),

    /** To close a provider waits for nobody and ends what is open. */
    R41(true, "close_endsWhatIsOpen", LeavingRules::r41),
    /** A closed provider asks nobody anything. */
    R42(true, "closed_opensNothing", LeavingRules::r42),
    /** A closed provider leaves no thread and no connection. */
    R43(true, "closed_leavesNoThread", LeavingRules::r43),
    /** The key is shown nowhere. */
    R44(true, "key_isShownNowhere", LeavingRules::r44),
    /** Questions and answers are shown nowhere. */
    R45(true, "content_isShownNowhere", LeavingRules::r45);

    private final boolean required;
    private final String title;
    private final Body body;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of
    private final Set<ProviderFeature> needs;

    ProviderRule(boolean required, String title, Body body, ProviderFeature... needs) {
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

    /** Why a provider with these features cannot be judged by this rule; empty if it can. */
    String missing(Set<ProviderFeature> offered) {
        Set<ProviderFeature> lacking = EnumSet.noneOf(ProviderFeature.class);
        lacking.addAll(needs);
        lacking.removeAll(offered);
        if (this == R08
                && !offered.contains(ProviderFeature.REASONING)
                && !offered.contains(ProviderFeature.FUNCTIONS)) {
            return "offers neither REASONING nor FUNCTIONS";
        }
        return lacking.isEmpty() ? "" : "does not offer " + lacking;
    }

    void tryOn(ProviderTrial trial) throws Exception {
        body.run(trial);
    }

    /** What is done to a provider; throws {@link RuleBroken} if that shows that the rule is broken. */
    @Immutable
    @FunctionalInterface
    interface Body {
        void run(ProviderTrial trial) throws Exception;
    }
}

package dev.exai.examples.custom;

import dev.exai.testkit.contract.provider.ProviderRule;

/** Ten mistakes that whoever writes a provider can make, and the rule that finds each. */
enum Bug {
    TELLS_THE_ABORT_AND_THEN_THE_END(ProviderRule.R02),
    GOES_ON_TELLING_AFTER_AN_ABORT(ProviderRule.R03),
    SAYS_OPENED_WHATEVER_COMES(ProviderRule.R05),
    OPEN_WAITS_FOR_THE_FIRST_WORD(ProviderRule.R11),
    TRIES_AGAIN_BY_ITSELF(ProviderRule.R13),
    ABORT_WAITS_FOR_THE_END(ProviderRule.R22),
    ABORT_LEAVES_THE_SOCKET_OPEN(ProviderRule.R23),
    USED_UP_IS_A_RATE_LIMIT(ProviderRule.R25),
    HALF_AN_ANSWER_IS_WHOLE(ProviderRule.R31),
    CLOSE_FORGETS_WHAT_IS_OPEN(ProviderRule.R41);

    final ProviderRule rule;

    Bug(ProviderRule rule) {
        this.rule = rule;
    }
}

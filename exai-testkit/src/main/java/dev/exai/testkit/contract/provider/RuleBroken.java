package dev.exai.testkit.contract.provider;

/** Says what a provider did that it should not have done. */
final class RuleBroken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RuleBroken(String evidence) {
        super(evidence, null, false, false);
    }
}

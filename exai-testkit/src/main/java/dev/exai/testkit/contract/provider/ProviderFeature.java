package dev.exai.testkit.contract.provider;

/** What a provider may offer beyond plain text. What it does not offer is not judged. */
public enum ProviderFeature {
    /** It tells the model's reasoning apart from its answer. */
    REASONING,
    /** Its models can ask for functions to be run. */
    FUNCTIONS,
    /** It says how many tokens an answer cost. */
    USAGE,
    /** Its upstream can say when to come back. */
    RETRY_AFTER
}

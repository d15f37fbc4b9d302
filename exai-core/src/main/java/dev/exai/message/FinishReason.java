package dev.exai.message;

/** Why a model stopped. */
public enum FinishReason {
    /** It had said all. */
    STOP,
    /** It met the limit of output tokens; a thinking model may have spent them all on reasoning. */
    LENGTH,
    /** It asks for functions to be run. */
    FUNCTION_CALLS,
    /** The provider's policy cut the answer. */
    CONTENT_FILTER,
    /** Something else, which the provider named but this library does not know. */
    OTHER
}

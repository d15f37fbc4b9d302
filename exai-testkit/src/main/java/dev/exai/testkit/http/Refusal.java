package dev.exai.testkit.http;

/**
 * Why a provider refuses or breaks off: each wire format has its own status, headers and words for it. Where a
 * provider has no such error, its nearest one is sent.
 */
public enum Refusal {
    /** Too many requests in flight. */
    CONCURRENCY,
    /** Too many requests in a span of time. */
    REQUEST_RATE,
    /** Too many tokens in a span of time. */
    TOKEN_RATE,
    /** The limit of the day is used up. */
    DAILY_LIMIT,
    /** The provider itself has too much to do. */
    OVERLOADED,
    /** The account has no balance. */
    QUOTA_EXHAUSTED,
    /** The plan's window of some hours is used up; the text tells when it resets. */
    WINDOW_USED_UP,
    /** No key was sent. */
    MISSING_KEY,
    /** The key is not valid. */
    BAD_KEY,
    /** The key may not do this. */
    FORBIDDEN,
    /** A parameter is not valid. */
    BAD_PARAMETER,
    /** Prompt and answer do not fit the model. */
    PROMPT_TOO_LONG,
    /** The provider's policy forbids it. */
    CONTENT_FILTER,
    /** There is no such model. */
    MODEL_NOT_FOUND,
    /** There is no such path. */
    PATH_NOT_FOUND,
    /** The provider has a fault. */
    SERVER_ERROR,
    /** A gateway in front of the provider gave up, and says so in HTML. */
    GATEWAY_TIMEOUT
}

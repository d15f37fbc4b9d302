package dev.exai.resilience;

/** How a model of a provider does, in one word: what ranking goes by. */
public enum Condition {
    /** Nothing is known against it. */
    WELL,
    /** It answers, but has failed of late, its limit was lowered, or many wait for it: taken after those that do well. */
    STRAINED,
    /** It is not asked at present: its circuit is open, it is gone, or its provider is parked. Taken last. */
    DOWN
}

package dev.exai.message;

/** How much a model shall think. A model that knows fewer steps takes the next higher one. */
public enum ReasoningEffort {
    /** As little as it can. */
    LOW,
    /** In between. */
    MEDIUM,
    /** Much. */
    HIGH,
    /** As much as it can. */
    MAX
}

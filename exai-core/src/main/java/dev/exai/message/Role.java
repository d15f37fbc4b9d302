package dev.exai.message;

/** Who says a message. */
public enum Role {
    /** Instructions that stand above the conversation. */
    SYSTEM,
    /** The person, or the program, that asks. */
    USER,
    /** The model. */
    ASSISTANT,
    /** The result of a function that the model asked for. */
    FUNCTION
}

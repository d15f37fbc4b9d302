package dev.exai.testkit.http;

/** What a fake server does to a connection before any HTTP, and before TLS. */
public enum ConnectionFault {
    /** Resets it as soon as it is accepted. */
    RESET,
    /** Closes it as soon as it is accepted. */
    CLOSE,
    /** Never reads from it and never writes to it; a client that sends much is held up in the middle of it. */
    STALL,
    /** Reads whatever comes and never writes to it. */
    BLACK_HOLE
}

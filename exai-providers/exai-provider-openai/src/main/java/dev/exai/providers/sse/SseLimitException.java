package dev.exai.providers.sse;

/** Thrown when a stream goes beyond a limit of its decoder, which takes nothing more from then on. */
public final class SseLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SseLimitException(String what, long limit) {
        super("the " + what + " is longer than " + limit + " bytes");
    }
}

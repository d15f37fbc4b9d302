package dev.exai.testkit.storm;

/** What providers, tools and selectors of a storm throw on their own account; without a trace, since all of it is logged. */
final class StormFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StormFailure(String message) {
        super(message, null, false, false);
    }
}

package dev.exai.message;

import com.google.common.math.LongMath;

/** The tokens that a reply cost, as the provider counted them. Immutable. */
public final class Usage {
    private static final Usage NONE = new Usage(0, 0, 0, 0);

    private final long promptTokens;
    private final long cachedTokens;
    private final long completionTokens;
    private final long reasoningTokens;

    private Usage(long promptTokens, long cachedTokens, long completionTokens, long reasoningTokens) {
        this.promptTokens = Math.max(0, promptTokens);
        this.cachedTokens = Math.max(0, cachedTokens);
        this.completionTokens = Math.max(0, completionTokens);
        this.reasoningTokens = Math.max(0, reasoningTokens);
    }

    /** {@return no tokens: the provider did not say} */
    public static Usage none() {
        return NONE;
    }

    /**
     * {@return a usage} A number below 0, with which some say that they do not know, counts as 0.
     *
     * @param promptTokens tokens of the prompt, cached ones included
     * @param cachedTokens those of them that came from the provider's cache
     * @param completionTokens tokens of the answer, reasoning included
     * @param reasoningTokens those of them that were reasoning
     */
    public static Usage of(long promptTokens, long cachedTokens, long completionTokens, long reasoningTokens) {
        return new Usage(promptTokens, cachedTokens, completionTokens, reasoningTokens);
    }

    /** {@return tokens of the prompt, cached ones included} */
    public long promptTokens() {
        return promptTokens;
    }

    /** {@return tokens of the prompt that came from the provider's cache} */
    public long cachedTokens() {
        return cachedTokens;
    }

    /** {@return tokens of the answer, reasoning included} */
    public long completionTokens() {
        return completionTokens;
    }

    /** {@return tokens of the answer that were reasoning} */
    public long reasoningTokens() {
        return reasoningTokens;
    }

    /** {@return tokens of prompt and answer; at most {@link Long#MAX_VALUE}} */
    public long totalTokens() {
        return LongMath.saturatedAdd(promptTokens, completionTokens);
    }

    @Override
    public String toString() {
        return promptTokens + " in (" + cachedTokens + " cached) + " + completionTokens + " out (" + reasoningTokens
                + " reasoning)";
    }
}

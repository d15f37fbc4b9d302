package dev.exai.providers.openai;

import dev.exai.json.JsonText;

/** How many tokens a prompt has: as the vendor counts, and as this library guesses without asking. Immutable. */
public final class TokenCount {
    private final long counted;
    private final long estimated;

    private TokenCount(long counted, long estimated) {
        this.counted = counted;
        this.estimated = estimated;
    }

    /**
     * {@return the count in a JSON object}
     *
     * @param json the object
     * @param field the object within it that has the field {@code total_tokens}
     * @param estimated what this library guesses
     * @throws IllegalArgumentException if there is no such count
     */
    public static TokenCount parse(String json, String field, long estimated) {
        long counted = JsonText.parse(json).path(field).path("total_tokens").asLong(-1);
        if (counted < 0) {
            throw new IllegalArgumentException("no count of tokens");
        }
        return new TokenCount(counted, estimated);
    }

    /** {@return the tokens as the vendor counts them} */
    public long counted() {
        return counted;
    }

    /** {@return the tokens as {@link dev.exai.message.TokenEstimate} guesses them, without asking anybody} */
    public long estimated() {
        return estimated;
    }

    @Override
    public String toString() {
        return "TokenCount[" + counted + ", guessed " + estimated + "]";
    }
}

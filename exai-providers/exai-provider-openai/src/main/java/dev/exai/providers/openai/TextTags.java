package dev.exai.providers.openai;

import java.util.List;
import java.util.Objects;

/**
 * Marks that some models leave in the text of an answer: a pair around their reasoning, and others that mean nothing to
 * a reader.
 *
 * <p>What stands between the pair at the beginning of the text is given as reasoning, and all marks are taken out. The
 * pair counts at the beginning alone, so an answer that speaks of it later is left as it is.
 *
 * @param reasoningStart what the reasoning begins with, not empty
 * @param reasoningEnd what it ends with, not empty
 * @param dropped marks to take out wherever they stand, none empty
 */
public record TextTags(String reasoningStart, String reasoningEnd, List<String> dropped) {
    /**
     * Creates the marks.
     *
     * @param reasoningStart what the reasoning begins with
     * @param reasoningEnd what it ends with
     * @param dropped marks to take out
     * @throws IllegalArgumentException if one of them is empty
     */
    public TextTags {
        Objects.requireNonNull(reasoningStart, "reasoningStart");
        Objects.requireNonNull(reasoningEnd, "reasoningEnd");
        dropped = List.copyOf(dropped);
        if (reasoningStart.isEmpty()
                || reasoningEnd.isEmpty()
                || dropped.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a mark is empty");
        }
    }
}

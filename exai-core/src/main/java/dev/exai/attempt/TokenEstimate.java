package dev.exai.attempt;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionSpec;
import dev.exai.spi.ModelInfo;

/**
 * How many tokens a request asks for, roughly: those of the prompt, and the most that the answer may have. For budgets,
 * where too many is better than too few; the provider counts exactly.
 */
final class TokenEstimate {
    /** Of a few languages the one with the most tokens: a character of Chinese is a little less than one. */
    private static final double PER_CHARACTER = 0.7;

    /** Of plain Latin text a token has four characters; three are taken, for code and names. */
    private static final double PER_LATIN_CHARACTER = 1 / 3.0;

    private static final int PER_MESSAGE = 8;

    private TokenEstimate() {}

    static long of(ChatRequest request, ModelInfo model) {
        double prompt = 0;
        for (ChatMessage message : request.messages()) {
            prompt += PER_MESSAGE + tokens(message.text());
        }
        for (FunctionSpec function : request.functions()) {
            prompt += PER_MESSAGE + tokens(function.description()) + tokens(function.parametersSchema());
        }
        return (long) Math.ceil(prompt) + request.maxOutputTokens().orElse(model.defaultOutputTokens());
    }

    private static double tokens(String text) {
        long latin = text.chars().filter(character -> character < 0x250).count();
        return latin * PER_LATIN_CHARACTER + (text.length() - latin) * PER_CHARACTER;
    }
}

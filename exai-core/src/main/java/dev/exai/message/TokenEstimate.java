package dev.exai.message;

import java.util.List;

/**
 * Tells how many tokens a text has, roughly and without asking anybody. For budgets, where too many is better than too
 * few: it counts a little more than providers do. Languages differ, so it may be off by a third.
 */
public final class TokenEstimate {
    /** Of a few languages the one with the most tokens: a character of Chinese is a little less than one. */
    private static final double PER_CHARACTER = 0.7;

    /** Of plain Latin text a token has four characters; three are taken, for code and names. */
    private static final double PER_LATIN_CHARACTER = 1 / 3.0;

    private static final int PER_MESSAGE = 8;

    /** Providers count a picture by its size; this is what one of usual size takes. */
    private static final int PER_PICTURE = 1_024;

    private TokenEstimate() {}

    /**
     * {@return how many tokens the prompt of a request has: its messages and what it offers}
     *
     * @param request the request
     */
    public static long ofPrompt(ChatRequest request) {
        double prompt = 0;
        for (ChatMessage message : request.messages()) {
            prompt += PER_MESSAGE + ofParts(message.parts());
            for (FunctionCall call : message.functionCalls()) {
                prompt += PER_MESSAGE + characters(call.arguments());
            }
        }
        for (FunctionSpec function : request.functions()) {
            prompt += PER_MESSAGE + characters(function.description()) + characters(function.parametersSchema());
        }
        return (long) Math.ceil(prompt);
    }

    /**
     * {@return how many tokens a text has}
     *
     * @param text the text
     */
    public static long ofText(String text) {
        return (long) Math.ceil(characters(text));
    }

    private static double ofParts(List<ContentPart> parts) {
        double tokens = 0;
        for (ContentPart part : parts) {
            tokens += part.kind() == ContentPart.Kind.TEXT ? characters(part.value()) : PER_PICTURE;
        }
        return tokens;
    }

    private static double characters(String text) {
        long latin = text.chars().filter(character -> character < 0x250).count();
        return latin * PER_LATIN_CHARACTER + (text.length() - latin) * PER_CHARACTER;
    }
}

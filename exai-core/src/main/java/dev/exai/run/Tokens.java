package dev.exai.run;

import dev.exai.message.ChatMessage;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;

/** How many tokens things have, roughly: a little too many rather than too few. */
final class Tokens {
    /** A character of Chinese is a little less than a token; of plain Latin text a token has three or four. */
    private static final double PER_CHARACTER = 0.7;

    private static final double PER_LATIN_CHARACTER = 1 / 3.0;
    private static final int PER_MESSAGE = 8;

    private Tokens() {}

    static long of(ChatMessage message) {
        long tokens = PER_MESSAGE + of(message.text());
        tokens += message.reasoning().map(Tokens::of).orElse(0L);
        for (FunctionCall call : message.functionCalls()) {
            tokens += PER_MESSAGE + of(call.name()) + of(call.arguments());
        }
        return tokens;
    }

    static long of(FunctionSpec function) {
        return PER_MESSAGE + of(function.name()) + of(function.description()) + of(function.parametersSchema());
    }

    static long of(String text) {
        long latin = text.chars().filter(character -> character < 0x250).count();
        return (long) Math.ceil(latin * PER_LATIN_CHARACTER + (text.length() - latin) * PER_CHARACTER);
    }
}

package dev.exai.run;

import dev.exai.message.ChatMessage;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;
import dev.exai.message.TokenEstimate;

/** How many tokens the parts of a conversation have, by the estimate of their texts. */
final class Tokens {
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
        return TokenEstimate.ofText(text);
    }
}

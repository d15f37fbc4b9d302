package dev.exai.testkit.http;

import dev.exai.message.Usage;
import dev.exai.testkit.internal.Tokens;
import java.util.ArrayList;
import java.util.List;

/** What the answer to one request is made of: what its frames repeat, and what was said so far. */
final class Reply {
    final String id;
    final long created;
    final RecordedRequest request;
    final StringBuilder text = new StringBuilder();
    final StringBuilder reasoning = new StringBuilder();
    final List<Function> functions = new ArrayList<>();

    record Function(int index, String id, String name, String arguments) {}

    Reply(String id, long created, RecordedRequest request) {
        this.id = id;
        this.created = created;
        this.request = request;
    }

    String model() {
        return request.model();
    }

    String finishReason() {
        return functions.isEmpty() ? "stop" : "tool_calls";
    }

    /** {@return what it cost, at four characters a token} */
    Usage usage() {
        long arguments = functions.stream()
                .mapToLong(function -> function.arguments().length())
                .sum();
        long thought = Tokens.in(reasoning.length());
        return Usage.of(request.promptTokens(), 0, Tokens.in(text.length() + arguments) + thought, thought);
    }
}

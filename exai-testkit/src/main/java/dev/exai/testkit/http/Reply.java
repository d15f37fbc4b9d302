package dev.exai.testkit.http;

import dev.exai.message.Usage;
import java.util.ArrayList;
import java.util.List;

/** What the answer to one request is made of: what its frames repeat, and what was said so far. */
final class Reply {
    private static final int CHARS_PER_TOKEN = 4;

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
        long thought = tokens(reasoning.length());
        return Usage.of(tokens(request.promptChars()), 0, tokens(text.length() + arguments) + thought, thought);
    }

    private static long tokens(long chars) {
        return (chars + CHARS_PER_TOKEN - 1) / CHARS_PER_TOKEN;
    }
}

package dev.exai.testkit.fault;

import dev.exai.call.CallOptions;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.session.Session;
import java.util.Objects;

/** A tool and what it is given. */
record ToolCase<I, O>(Tool<I, O> tool, I input) {
    ToolCase {
        Objects.requireNonNull(tool, "tool");
        Objects.requireNonNull(input, "input");
    }

    ToolCall<O> submit(Session session, CallOptions options) {
        return session.submit(tool, input, options);
    }
}

package dev.exai.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.call.ChatCall;
import dev.exai.call.ToolContext;
import dev.exai.context.RunId;
import java.util.ArrayList;
import java.util.List;

/** One run of a function or of a step: what it is given, and the calls that it makes. Safe for use by many threads. */
final class Invocation {
    private final RunId run;
    private final String ref;
    private final String input;
    private final String notice;
    private final Runnable spent;

    @GuardedBy("this")
    private final List<ChatCall> calls = new ArrayList<>(2);

    /**
     * @param notice what the library has to say to a step, or empty
     * @param spent is told when a call that was made has ended
     */
    Invocation(RunId run, String ref, String input, String notice, Runnable spent) {
        this.run = run;
        this.ref = ref;
        this.input = input;
        this.notice = notice;
        this.spent = spent;
    }

    RunId run() {
        return run;
    }

    String ref() {
        return ref;
    }

    String input() {
        return input;
    }

    String notice() {
        return notice;
    }

    RunContext context(ToolContext context) {
        return new RunContext(this, context);
    }

    void made(ChatCall call) {
        synchronized (this) {
            calls.add(call);
        }
        call.addListener(new EndListener<>(outcome -> spent.run()));
    }

    /** The calls that were made; all have ended once the call that made them has. */
    List<ChatCall> calls() {
        synchronized (this) {
            return List.copyOf(calls);
        }
    }
}

package dev.exai.testkit.run;

import dev.exai.message.FinishReason;
import dev.exai.message.FunctionCall;
import dev.exai.message.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a model of a test answers. */
record Answer(
        String text, String reasoning, List<FunctionCall> calls, FinishReason finish, Usage usage, Duration after) {
    private static final Usage SOME = Usage.of(90, 0, 10, 0);

    static Answer text(String text) {
        return new Answer(text, "", List.of(), FinishReason.STOP, SOME, Duration.ofSeconds(1));
    }

    /** Asks for functions: name, arguments, name, arguments, ... */
    static Answer asks(String... namesAndArguments) {
        List<FunctionCall> calls = new ArrayList<>();
        for (int i = 0; i < namesAndArguments.length; i += 2) {
            calls.add(FunctionCall.of("call_" + i / 2, namesAndArguments[i], namesAndArguments[i + 1]));
        }
        return new Answer("", "", calls, FinishReason.FUNCTION_CALLS, SOME, Duration.ofSeconds(1));
    }

    static Answer hangs() {
        return text("never").after(Duration.ofDays(10_000));
    }

    Answer cut() {
        return new Answer(text, reasoning, calls, FinishReason.LENGTH, usage, after);
    }

    Answer thinking(String thought) {
        return new Answer(text, thought, calls, finish, usage, after);
    }

    Answer saying(String said) {
        return new Answer(said, reasoning, calls, finish, usage, after);
    }

    Answer usage(long prompt, long completion) {
        return new Answer(text, reasoning, calls, finish, Usage.of(prompt, 0, completion, 0), after);
    }

    Answer after(Duration time) {
        return new Answer(text, reasoning, calls, finish, usage, time);
    }
}

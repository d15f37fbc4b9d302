package dev.exai.testkit.http;

import dev.exai.message.Usage;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One step of an {@link HttpScript}; the steps of a script that end an answer are its last. */
sealed interface HttpStep {
    record Wait(Function<RandomGenerator, Duration> time) implements HttpStep {}

    record Headers() implements HttpStep {}

    record Text(String text) implements HttpStep {}

    record Reasoning(String text) implements HttpStep {}

    record WholeFunction(String id, String name, String arguments) implements HttpStep {}

    record FunctionInPieces(String id, String name, List<String> pieces) implements HttpStep {}

    /** Goes out as it is. */
    record Raw(String text) implements HttpStep {}

    /** Comments without end. */
    record KeepAlives(Duration every) implements HttpStep {}

    /** The whole answer; what is not given is made up from what was said. A stream may say it twice. */
    record Complete(@Nullable String finishReason, @Nullable Usage usage, boolean done, boolean twice)
            implements HttpStep {}

    /** A proper end of the body before the answer is whole. */
    record EndEarly() implements HttpStep {}

    /** An end of the connection in the middle of the body. */
    record Cut(boolean reset) implements HttpStep {}

    /** An error in the provider's shape: with its own status, or inside an answer that began well. */
    record Fail(Refusal refusal, boolean insideAnswer) implements HttpStep {}

    /** An error of the vendor's own list: with its own status, or inside an answer that began well. */
    record FailNamed(String name, boolean insideAnswer) implements HttpStep {}

    /** Bytes that are no HTTP. */
    record Nonsense() implements HttpStep {}

    record Respond(Answer answer) implements HttpStep {}
}

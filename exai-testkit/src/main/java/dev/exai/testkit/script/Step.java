package dev.exai.testkit.script;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.ReplyEnd;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One step of a {@link Script}. */
sealed interface Step {
    /** Whether a sink takes this as the end of the exchange. */
    default boolean isEnd() {
        return false;
    }

    /** Time that passes; the chance is that of the exchange. */
    record Wait(Function<RandomGenerator, Duration> time) implements Step {}

    record Opened() implements Step {}

    record Piece(Chunk chunk) implements Step {}

    /** Comments for ever, which no sink is told of. */
    record KeepAlives(Duration every) implements Step {}

    /** A whole answer; without an end of its own it is made up from what was sent. */
    record Complete(@Nullable ReplyEnd end) implements Step {
        @Override
        public boolean isEnd() {
            return true;
        }
    }

    /** A failure, made for a provider of this name. */
    record Fail(Function<String, ? extends ProviderException> failure) implements Step {
        @Override
        public boolean isEnd() {
            return true;
        }
    }

    record TimeOut(Supplier<AttemptTimeoutException> failure) implements Step {
        @Override
        public boolean isEnd() {
            return true;
        }
    }
}

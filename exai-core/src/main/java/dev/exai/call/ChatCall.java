package dev.exai.call;

import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;
import java.util.concurrent.Flow;

/** A call that asks a model. */
public sealed interface ChatCall extends ToolCall<ChatReply> permits DefaultChatCall {
    /**
     * {@return the pieces of the answer, as they come}
     *
     * <p>Each iterator starts at the first piece and waits for the next one where there is none yet. It ends when the
     * call succeeded, and throws what the call failed with; pieces that came before a failure are still given, those
     * of a cancelled call are dropped. If the waiting thread is interrupted the call is cancelled and the thread's
     * interrupt status is kept. A slow reader holds no permit: the answer is buffered at the speed of the network.
     *
     * <p>Once a piece was taken a failed attempt is not repeated, because output has reached the caller, unless the
     * call {@linkplain CallOptions#restartAfterOutput() may start over}.
     */
    Iterable<Chunk> chunks();

    /**
     * {@return the pieces of the answer, to subscribe to as often as wanted}
     *
     * <p>Each subscriber gets them from the first one on, as it asks for them, and at the end what the call failed with if
     * it did; pieces that came before a failure are still given, those of a cancelled call are dropped. It is told on the
     * session's executor for listeners, one thing at a time, and what it throws ends its subscription. A subscriber that
     * asks for little holds no permit: the answer is buffered at the speed of the network. To cancel a subscription ends
     * that alone: to end the call, {@link #cancel} it.
     *
     * <p>Once a piece was given a failed attempt is not repeated, because output has reached the caller, unless the
     * call {@linkplain CallOptions#restartAfterOutput() may start over}.
     *
     * @see <a href="https://www.reactive-streams.org/">Reactive Streams</a>, whose rules it keeps
     */
    Flow.Publisher<Chunk> publisher();
}

package dev.exai.call;

import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;

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
     * <p>Once a piece was taken a failed attempt is not repeated, because output has reached the caller.
     */
    Iterable<Chunk> chunks();
}

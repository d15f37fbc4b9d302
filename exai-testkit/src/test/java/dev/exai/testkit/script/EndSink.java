package dev.exai.testkit.script;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;

/** Does something inside the end of an exchange. */
class EndSink implements ReplySink {
    private final Runnable action;

    EndSink(Runnable action) {
        this.action = action;
    }

    @Override
    public void opened() {}

    @Override
    public void chunk(Chunk chunk) {}

    @Override
    public void completed(ReplyEnd end) {
        action.run();
    }

    @Override
    public void failed(ProviderException failure) {
        action.run();
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        action.run();
    }

    @Override
    public void aborted() {
        action.run();
    }
}

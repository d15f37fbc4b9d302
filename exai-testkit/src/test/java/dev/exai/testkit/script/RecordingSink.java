package dev.exai.testkit.script;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it is told. */
class RecordingSink implements ReplySink {
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<Object> values = new CopyOnWriteArrayList<>();

    private void add(String event, Object value) {
        events.add(event);
        values.add(value);
    }

    @Override
    public void opened() {
        add("opened", "");
    }

    @Override
    public void chunk(Chunk chunk) {
        chunk.accept(new Chunk.Visitor() {
            @Override
            public void text(Chunk.Text piece) {
                add("text " + piece.text(), piece);
            }

            @Override
            public void reasoning(Chunk.Reasoning piece) {
                add("reasoning " + piece.text(), piece);
            }

            @Override
            public void functionPiece(Chunk.FunctionPiece piece) {
                add("function " + piece.index() + " " + piece.name().orElse(""), piece);
            }
        });
    }

    @Override
    public void completed(ReplyEnd end) {
        add("completed " + end.finishReason(), end);
    }

    @Override
    public void failed(ProviderException failure) {
        add("failed " + failure.getClass().getSimpleName(), failure);
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        add("timedOut", failure);
    }

    @Override
    public void aborted() {
        add("aborted", "");
    }
}

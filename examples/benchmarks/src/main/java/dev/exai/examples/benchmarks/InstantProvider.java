package dev.exai.examples.benchmarks;

import dev.exai.context.ProviderId;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.List;

/** A provider that costs nothing: it answers inside {@code open}, or never. */
final class InstantProvider implements Provider {
    static final ProviderId ID = ProviderId.of("instant");

    private static final Exchange NOTHING = () -> {};
    private static final Chunk OK = Chunk.text("ok");
    private static final ReplyEnd END = ReplyEnd.of(FinishReason.STOP, Usage.of(1, 0, 1, 0));

    private final List<ModelInfo> models = List.of(ModelInfo.builder("m").build());
    private final boolean answers;

    InstantProvider(boolean answers) {
        this.answers = answers;
    }

    @Override
    public ProviderId id() {
        return ID;
    }

    @Override
    public List<ModelInfo> catalog() {
        return models;
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        if (answers) {
            sink.opened();
            sink.chunk(OK);
            sink.completed(END);
            return NOTHING;
        }
        return sink::aborted;
    }
}

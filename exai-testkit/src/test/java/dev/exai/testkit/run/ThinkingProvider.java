package dev.exai.testkit.run;

import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.message.FunctionCall;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A provider whose answer depends on what it is asked. */
final class ThinkingProvider implements Provider {
    private final ProviderId id;
    private final Scheduler scheduler;
    private final ModelInfo model;
    private final Function<ChatRequest, Answer> mind;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();

    ThinkingProvider(String name, Scheduler scheduler, ModelInfo model, Function<ChatRequest, Answer> mind) {
        this.id = ProviderId.of(name);
        this.scheduler = scheduler;
        this.model = model;
        this.mind = mind;
    }

    @Override
    public ProviderId id() {
        return id;
    }

    @Override
    public List<ModelInfo> catalog() {
        return List.of(model);
    }

    int asked() {
        return asked.get();
    }

    int inFlight() {
        return inFlight.get();
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        asked.incrementAndGet();
        inFlight.incrementAndGet();
        Answer answer = mind.apply(call.request());
        AtomicBoolean ended = new AtomicBoolean();
        Scheduler.Scheduled task = scheduler.schedule(answer.after(), () -> {
            if (ended.compareAndSet(false, true)) {
                inFlight.decrementAndGet();
                deliver(answer, sink);
            }
        });
        return () -> {
            if (ended.compareAndSet(false, true)) {
                inFlight.decrementAndGet();
                task.cancel();
                sink.aborted();
            }
        };
    }

    private static void deliver(Answer answer, ReplySink sink) {
        sink.opened();
        if (!answer.reasoning().isEmpty()) {
            sink.chunk(Chunk.reasoning(answer.reasoning()));
        }
        if (!answer.text().isEmpty()) {
            sink.chunk(Chunk.text(answer.text()));
        }
        int index = 0;
        for (FunctionCall function : answer.calls()) {
            sink.chunk(Chunk.functionPiece(index++, function.id(), function.name(), function.arguments()));
        }
        sink.completed(ReplyEnd.of(answer.finish(), answer.usage()));
    }
}

package dev.exai.store.jdbc;

import dev.exai.context.ProviderId;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Role;
import dev.exai.message.Usage;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.List;

/** A model that pays two orders and then says what it was told. What it does depends on what it is shown alone. */
final class OrderModel implements Provider {
    static final String ANSWER = "paid: [order 1, pay 1, order 2, pay 2]";

    @Override
    public ProviderId id() {
        return ProviderId.of("model");
    }

    @Override
    public List<ModelInfo> catalog() {
        return List.of(ModelInfo.builder("orders")
                .capabilities(ModelInfo.Capability.FUNCTIONS)
                .build());
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        List<String> results = results(call.request());
        sink.opened();
        switch (results.size()) {
            case 0 -> ask(sink, 0, "order", "1");
            case 1 -> {
                ask(sink, 0, "pay", "1");
                ask(sink, 1, "order", "2");
            }
            case 3 -> ask(sink, 0, "pay", "2");
            default -> sink.chunk(Chunk.text("paid: " + results));
        }
        sink.completed(ReplyEnd.of(
                results.size() < 4 ? FinishReason.FUNCTION_CALLS : FinishReason.STOP, Usage.of(10, 0, 10, 0)));
        return () -> {};
    }

    private static List<String> results(ChatRequest request) {
        return request.messages().stream()
                .filter(message -> message.role() == Role.FUNCTION)
                .map(ChatMessage::text)
                .toList();
    }

    private static void ask(ReplySink sink, int index, String name, String arguments) {
        sink.chunk(Chunk.functionPiece(index, "call" + index, name, arguments));
    }
}

package dev.exai.examples.benchmarks;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.permit.PermitLimits;
import dev.exai.providers.openai.OpenAiProvider;
import dev.exai.session.Session;
import dev.exai.spi.ApiKey;
import dev.exai.spi.ModelInfo;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The whole library: session, resolver, permit, attempt, provider. */
final class OurChat implements Chat {
    private final Exai exai;
    private final Session session;

    OurChat(int port) {
        OpenAiProvider provider = OpenAiProvider.builder("local", "http://127.0.0.1:" + port + "/v1", ApiKey.of("key"))
                .models(List.of(ModelInfo.builder("benchmark").build()))
                .build();
        exai = Exai.builder(provider)
                .limits(PermitLimits.builder().provider("local", 4).build())
                .build();
        session = exai.openSession("benchmark");
    }

    private static ChatRequest question(boolean stream) {
        return ChatRequest.builder("hello").model("benchmark").stream(stream).build();
    }

    @Override
    public int ask() throws Exception {
        return session.chat(question(false)).await().text().length();
    }

    @Override
    public int stream() throws Exception {
        return session.chat(question(true)).await().text().length();
    }

    @Override
    public long nanosToFirstWord() throws Exception {
        AtomicLong first = new AtomicLong();
        long start = System.nanoTime();
        ChatCall call = session.chat(question(true));
        call.addListener(new CallListener<ChatReply>() {
            @Override
            public void chunk(Chunk chunk) {
                if (first.get() == 0) {
                    first.set(System.nanoTime());
                }
            }

            @Override
            public void ended(
                    CallOutcome<? extends ChatReply> outcome) { // it is all that is told if the call was the faster one
                first.compareAndSet(0, System.nanoTime());
            }
        });
        call.await();
        while (first.get() == 0) {
            Thread.onSpinWait(); // the listener has a thread of its own
        }
        return first.get() - start;
    }

    @Override
    public void close() {
        exai.close();
    }
}

package dev.exai.providers.openai;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.message.ChatRequest;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ProviderCall;
import java.time.Duration;

/** Attempts to make. */
final class Calls {
    static final ModelInfo MODEL = ModelInfo.builder("m-1").build();
    private static final SystemScheduler CLOCK = SystemScheduler.create("clock");

    private Calls() {}

    static ProviderCall of(ChatRequest request) {
        return of(request, LivenessLimits.plain());
    }

    static ProviderCall of(ChatRequest request, LivenessLimits limits) {
        CallContext context =
                CallContext.create(SessionId.of("s"), "test", Deadline.after(Duration.ofMinutes(1), CLOCK));
        return ProviderCall.of(context, MODEL, request, 1, limits);
    }
}

package dev.exai.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.message.ChatRequest;
import dev.exai.model.ModelCatalog;
import dev.exai.model.ModelResolver;
import dev.exai.model.ModelSelector;
import dev.exai.permit.PermitLimits;
import dev.exai.permit.PermitPool;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ChildCallTest {
    @Test
    @DisplayName(
            "I9: a child is made <- its parent is cancelled <- the child starts: it leaves no trace in the session")
    void start_endedBefore_leavesTheSessionAgain() {
        try (SystemScheduler clock = SystemScheduler.create("test")) {
            PermitPool pool =
                    PermitPool.builder(PermitLimits.forDevelopment(), clock).build();
            ModelResolver resolver = ModelResolver.caching(
                    ModelCatalog.of(List.of()), ModelSelector.standard(), clock, Runnable::run, Runnable::run);
            CallEngine engine = CallEngine.builder(pool, resolver, clock)
                    .providers(Map.<ProviderId, dev.exai.spi.Provider>of())
                    .build();
            Scope scope = new Scope();
            AtomicReference<ToolCall<?>> child = new AtomicReference<>();
            Tool<String, String> tool = Tool.blocking("parent", (input, ctx) -> {
                child.set(ctx.chat(ChatRequest.of("hello")));
                return "done";
            });

            engine.submit(scope, tool, "", CallOptions.defaults());

            assertThat(child.get().state()).isEqualTo(CallState.CANCELLED);
            assertThat(scope.calls).isEmpty();
            assertThat(pool.snapshot().isIdle()).isTrue();
        }
    }

    /** A session on whose threshold the parent is cancelled, before the child is in. */
    private static final class Scope implements CallScope {
        final Set<ToolCall<?>> calls = ConcurrentHashMap.newKeySet();

        @Override
        public SessionId id() {
            return SessionId.of("s");
        }

        @Override
        public Executor listeners() {
            return Runnable::run;
        }

        @Override
        public Executor continuations() {
            return Runnable::run;
        }

        @Override
        public CallOptions defaults() {
            return CallOptions.defaults();
        }

        @Override
        public Tools tools() {
            return new Tools() {
                @Override
                public void execute(Runnable task) {
                    task.run();
                }

                @Override
                public void remove(Runnable task) {}
            };
        }

        @Override
        public void started(ToolCall<?> call) {
            calls.forEach(parent -> parent.cancel("in that moment"));
            calls.add(call);
        }

        @Override
        public void ended(ToolCall<?> call) {
            calls.remove(call);
        }

        @Override
        public boolean buffer(long bytes) {
            return true;
        }

        @Override
        public long bufferLimitBytes() {
            return Long.MAX_VALUE;
        }
    }
}

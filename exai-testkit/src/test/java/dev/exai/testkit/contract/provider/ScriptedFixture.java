package dev.exai.testkit.contract.provider;

import dev.exai.context.SystemScheduler;
import dev.exai.message.ChatMessage;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** The testkit's scripted provider, which is its own upstream. */
public final class ScriptedFixture implements ProviderFixture {
    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Set<ProviderFeature> features() {
        return EnumSet.allOf(ProviderFeature.class);
    }

    @Override
    public Upstream start() {
        return new Scripts();
    }

    private static final class Scripts implements Upstream {
        private final SystemScheduler scheduler = SystemScheduler.create("scripted-timer");
        private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "scripted");
            thread.setDaemon(true);
            return thread;
        });
        private final List<ScriptedProvider> providers = new CopyOnWriteArrayList<>();
        private final Map<String, Script> scripts = new ConcurrentHashMap<>();

        @Override
        public Provider connect(String key) {
            ScriptedProvider provider =
                    ScriptedProvider.named("scripted", scheduler).deliverOn(threads);
            providers.add(provider);
            scripts.forEach((prompt, script) -> addTo(provider, prompt, script));
            return provider;
        }

        private static void addTo(ScriptedProvider provider, String prompt, Script script) {
            provider.script(call -> textOf(call).endsWith(prompt), script);
        }

        @Override
        public void answer(String prompt, UpstreamAnswer answer) {
            Script script = script(answer);
            scripts.put(prompt, script);
            providers.forEach(provider -> addTo(provider, prompt, script));
        }

        private static Script script(UpstreamAnswer answer) {
            Script.Steps steps = Script.after(answer.delay());
            if (answer.isAccepted()) {
                steps = steps.opened();
            }
            for (Chunk piece : answer.pieces()) {
                steps = steps.after(answer.pause()).chunk(piece);
            }
            return switch (answer.ending()) {
                case WHOLE -> steps.complete();
                case AT_LENGTH -> steps.complete(ReplyEnd.of(FinishReason.LENGTH, Usage.none()));
                case SILENCE, KEEP_ALIVES -> steps.hang();
                case LOST, EARLY -> steps.fail(Failures.unavailable("scripted"));
                case GARBAGE -> steps.fail(Failures.malformed("scripted"));
                case REFUSAL -> refuse(steps, answer);
            };
        }

        private static Script refuse(Script.Steps steps, UpstreamAnswer answer) {
            return switch (answer.refusal().orElseThrow()) {
                case CONCURRENCY ->
                    steps.fail(
                            Failures.rateLimited("scripted", answer.retryAfter().orElse(null)));
                case QUOTA_EXHAUSTED -> steps.fail(Failures.quotaExhausted("scripted"));
                case BAD_KEY -> steps.fail(Failures.authentication("scripted"));
                case BAD_PARAMETER -> steps.fail(Failures.rejected("scripted"));
                case SERVER_ERROR, OVERLOADED -> {
                    if (answer.retryAfter().isPresent()) {
                        throw new UnsupportedOperationException("no such failure is ready");
                    }
                    yield steps.fail(Failures.unavailable("scripted"));
                }
                default -> throw new UnsupportedOperationException("no such failure is ready");
            };
        }

        private static String textOf(ProviderCall call) {
            return call.request().messages().stream().map(ChatMessage::text).collect(Collectors.joining("\n"));
        }

        @Override
        public List<String> requests() {
            return providers.stream()
                    .flatMap(provider -> provider.calls().stream())
                    .map(call -> call.model().id() + " " + call.maxOutputTokens() + "\n" + textOf(call))
                    .toList();
        }

        @Override
        public int inFlight() {
            return providers.stream().mapToInt(ScriptedProvider::inFlight).sum();
        }

        @Override
        public void close() {
            scheduler.close();
            threads.shutdown();
        }
    }
}

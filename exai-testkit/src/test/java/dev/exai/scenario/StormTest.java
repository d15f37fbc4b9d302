package dev.exai.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolCall;
import dev.exai.error.AttemptTimeoutException.Limit;
import dev.exai.error.SessionClosedException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("I1 I2 I5 I7 I8 I9 in a storm of everything at once")
class StormTest {
    private static final int STEPS_BETWEEN_LOOKS = 7;

    @Test
    @Timeout(120)
    void storm_twoHundredSeeds_poolIsWholeThroughout() {
        storms(1, 200);
    }

    @Test
    @Tag("ci")
    @Timeout(1_200)
    void storm_threeThousandSeeds_poolIsWholeThroughout() {
        storms(1_000, 3_000);
    }

    private static void storms(long first, int count) {
        for (long seed = first; seed < first + count; seed++) {
            try {
                new Storm(seed).run();
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("the storm of seed " + seed, failure);
            }
        }
    }

    /** One storm: its seed decides everything. */
    private static final class Storm {
        private final Random chance;
        private final PermitLimits limits;
        private final Rig rig;
        private final List<ToolCall<?>> calls = new ArrayList<>();
        private final List<Rig.Recorder> recorders = new ArrayList<>();
        private final List<Session> sessions = new ArrayList<>();
        private int steps;

        Storm(long seed) {
            chance = new Random(seed * 31);
            int glm = 1 + chance.nextInt(4);
            int kimi = 1 + chance.nextInt(4);
            limits = PermitLimits.builder()
                    .provider("glm", glm)
                    .provider("kimi", kimi)
                    .global(Math.max(1, glm + kimi - chance.nextInt(3)))
                    .session(1 + chance.nextInt(4))
                    .maxQueuedPerSession(chance.nextInt(5) == 0 ? 3 : 256)
                    .build();
            rig = new Rig(
                    seed,
                    builder -> builder.limits(limits).modelSelector((query, catalog) -> {
                        CompletableFuture<List<dev.exai.model.Route>> answer = new CompletableFuture<>();
                        switch (chance.nextInt(4)) {
                            case 0 -> answer.completeExceptionally(new IllegalStateException("the selector's own"));
                            case 1 -> {} // never
                            default ->
                                later(
                                        chance.nextInt(3_000),
                                        () -> answer.complete(List.of(catalog.find(
                                                chance.nextBoolean() ? "glm-standard" : "kimi-standard"))));
                        }
                        return answer;
                    }));
            weather(rig.glm);
            weather(rig.kimi);
        }

        private void later(int millis, Runnable action) {
            rig.at(Duration.ofMillis(millis), action);
        }

        private void weather(ScriptedProvider provider) {
            provider.script(script(provider));
            for (int number = 1; number <= 300; number++) {
                provider.script(number, script(provider));
            }
        }

        private Duration some(int mostMillis) {
            // round times meet each other and the limits
            int millis = chance.nextInt(mostMillis + 1);
            return Duration.ofMillis(chance.nextBoolean() ? millis / 1_000 * 1_000 : millis);
        }

        private Script script(ScriptedProvider provider) {
            String name = provider.id().value();
            Script.Steps steps = Script.after(some(5_000));
            for (int i = chance.nextInt(4); i > 0; i--) {
                steps = (chance.nextBoolean() ? steps.chunk("x") : steps.reasoning("x")).after(some(20_000));
            }
            int kind = chance.nextInt(12);
            Script script = switch (kind) {
                case 0 -> steps.hang();
                case 1 -> steps.fail(() -> Failures.unavailable(name));
                case 2 -> steps.fail(() -> Failures.rateLimited(name, Duration.ofSeconds(chance.nextInt(40))));
                case 3 -> steps.fail(() -> Failures.rejected(name));
                case 4 -> steps.timeOut(Limit.CONNECT, Duration.ofSeconds(10));
                case 5 -> Script.throwOnOpen(new IllegalStateException("open's own"));
                case 6 -> steps.complete().duplicateEnd();
                case 7 -> steps.fail(() -> Failures.unavailable(name)).duplicateEnd();
                default -> steps.complete();
            };
            if (kind != 0
                    && chance.nextInt(6) == 0) { // one that hangs and ignores the abort would be a zombie for ever
                script = script.ignoreAbort();
            }
            if (chance.nextInt(6) == 0) {
                script = script.abortThrows(new IllegalStateException("abort's own"));
            }
            if (chance.nextInt(6) == 0) {
                script = script.endAfterAbort(some(30_000));
            }
            if (chance.nextInt(6) == 0) {
                script = script.insideOpen();
            }
            return script;
        }

        private ChatRequest request() {
            String[] models = {"glm-standard", "glm-fast", "kimi-standard", "auto"};
            return ChatRequest.builder("x")
                    .model(models[chance.nextInt(models.length)])
                    .build();
        }

        private CallOptions options() {
            CallOptions.Builder options = CallOptions.builder()
                    .deadline(Duration.ofSeconds(1 + chance.nextInt(chance.nextBoolean() ? 10 : 300)))
                    .maxAttempts(1 + chance.nextInt(4));
            if (chance.nextInt(3) == 0) {
                options.firstEvent(Duration.ofSeconds(1 + chance.nextInt(5)));
                options.silence(Duration.ofSeconds(1 + chance.nextInt(5)));
            }
            return options.build();
        }

        void run() {
            int count = 2 + chance.nextInt(chance.nextInt(10) == 0 ? 49 : 7);
            for (int s = 0; s < count; s++) {
                Session session = rig.exai.openSession("s" + s);
                sessions.add(session);
                for (int i = chance.nextInt(8); i >= 0; i--) {
                    later(chance.nextInt(60_000), () -> call(session));
                }
                if (chance.nextInt(4) == 0) {
                    later(chance.nextInt(90_000), session::close);
                }
            }
            if (chance.nextInt(10) == 0) {
                later(chance.nextInt(90_000), rig.exai::close);
            }

            rig.sim.runUntil(() -> {
                if (steps++ % STEPS_BETWEEN_LOOKS == 0) {
                    look();
                }
                return rig.sim.pendingTasks() == 0;
            });

            look();
            assertThat(calls).allMatch(ToolCall::isDone);
            assertThat(recorders).allMatch(recorder -> recorder.ends == 1);
            assertThat(recorders)
                    .allMatch(recorder ->
                            recorder.told.get(recorder.told.size() - 1).startsWith("ended"));
            sessions.forEach(session -> assertThat(session.calls()).isEmpty());
            rig.assertSettled();
            rig.exai.close();
            rig.assertSettled();
        }

        private void call(Session session) {
            try {
                ToolCall<?> call = chance.nextInt(5) == 0 ? tool(session) : session.chat(request(), options());
                calls.add(call);
                if (chance.nextBoolean()) {
                    Rig.Recorder recorder = new Rig.Recorder();
                    recorders.add(recorder);
                    call.addListener(recorder);
                }
                if (chance.nextInt(3) == 0) {
                    later(chance.nextInt(30_000), () -> {
                        call.cancel("by chance");
                        assertThat(call.isDone()).isTrue();
                        assertThat(rig.exai.audit().holders())
                                .noneMatch(holder -> holder.call().equals(call.id()));
                    });
                }
            } catch (SessionClosedException closed) {
                assertThat(session.isOpen()).isFalse();
            }
        }

        private ToolCall<?> tool(Session session) {
            Tool<String, ChatReply> tool = Tool.async("asks", (input, ctx) -> {
                if (chance.nextInt(5) == 0) {
                    throw new IllegalStateException("the tool's own");
                }
                ChatCall first = ctx.chat(request(), options());
                calls.add(first);
                return first.toCompletableFuture().thenCompose(reply -> {
                    ChatCall second = ctx.chat(request(), options());
                    calls.add(second);
                    return second.toCompletableFuture();
                });
            });
            return session.submit(tool, "", options());
        }

        private void look() {
            assertThat(rig.exai.audit().isWhole()).as("%s", rig.exai.audit()).isTrue();
            assertThat(rig.exai.audit().holders())
                    .allMatch(holder -> holder.age().compareTo(Duration.ofMinutes(20)) <= 0);
            assertThat(rig.glm.maxInFlight()).isLessThanOrEqualTo(limits.provider(Rig.GLM));
            assertThat(rig.kimi.maxInFlight()).isLessThanOrEqualTo(limits.provider(Rig.KIMI));
            assertThat(rig.glm.inFlight() + rig.kimi.inFlight()).isLessThanOrEqualTo(limits.global());
            assertThat(rig.exai.snapshot().global().inUse())
                    .isGreaterThanOrEqualTo(rig.glm.inFlight() + rig.kimi.inFlight());
            assertThat(rig.exai.zombies()).isBetween(0, calls.size() * 4);
            assertThat(rig.exai.zombies()).isGreaterThanOrEqualTo(rig.glm.zombies() + rig.kimi.zombies());
        }
    }
}

package dev.exai.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.call.CallListener;
import dev.exai.call.CallOptions;
import dev.exai.call.CallOutcome;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.call.ToolCall;
import dev.exai.context.ProviderId;
import dev.exai.error.ExaiException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.permit.PoolSnapshot;
import dev.exai.session.Session;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A library over two scripted providers, all on one simulated thread, and what tests ask of it. */
final class Rig {
    static final ProviderId GLM = ProviderId.of("glm");
    static final ProviderId KIMI = ProviderId.of("kimi");
    static final ChatRequest ASK_GLM =
            ChatRequest.builder("hello").model("glm-standard").build();
    static final ChatRequest ASK_KIMI =
            ChatRequest.builder("hello").model("kimi-standard").build();
    static final ChatRequest ASK_AUTO = ChatRequest.of("hello");

    final Simulation sim;
    final ScriptedProvider glm;
    final ScriptedProvider kimi;
    final Exai exai;

    Rig(long seed, UnaryOperator<Exai.Builder> settings) {
        sim = Simulation.withSeed(seed);
        glm = ScriptedProvider.named("glm", sim.scheduler());
        kimi = ScriptedProvider.named("kimi", sim.scheduler());
        exai = settings.apply(Exai.builder(glm, kimi)
                        .scheduler(sim.scheduler())
                        .executor(sim.executor())
                        .effectsExecutor(sim.executor())
                        .seed(seed))
                .build();
    }

    Rig(long seed) {
        this(seed, builder -> builder);
    }

    /** Runs a test in many orders of simultaneous things. */
    static void forSeeds(int seeds, Consumer<Rig> test) {
        forSeeds(seeds, builder -> builder, test);
    }

    static void forSeeds(int seeds, UnaryOperator<Exai.Builder> settings, Consumer<Rig> test) {
        for (long seed = 1; seed <= seeds; seed++) {
            try {
                test.accept(new Rig(seed, settings));
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("with seed " + seed, failure);
            }
        }
    }

    static Duration seconds(long count) {
        return Duration.ofSeconds(count);
    }

    static CallOptions within(long seconds) {
        return CallOptions.within(seconds(seconds));
    }

    static CallOptions once() {
        return CallOptions.builder().maxAttempts(1).build();
    }

    /** A piece's text, or what it is called if it is of another kind. */
    static String content(Chunk chunk) {
        return chunk instanceof Chunk.Text text ? text.text() : chunk.toString();
    }

    /** Runs something at a moment from now on, on the simulation's thread. */
    void at(Duration moment, Runnable action) {
        sim.scheduler().schedule(moment, action);
    }

    /** Takes up units of GLM with calls that hang, each of a session of its own. */
    List<ChatCall> occupyGlm(int calls) {
        List<ChatCall> hung = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            hung.add(exai.openSession("occupier").chat(ASK_GLM, within(86_400)));
        }
        return hung;
    }

    /** Nothing is out and nothing waits, by the library's count and by the providers'. */
    void assertIdle() {
        assertThat(exai.audit().isWhole()).as("%s", exai.audit()).isTrue();
        assertThat(exai.audit().holders()).isEmpty();
        assertThat(exai.snapshot().isIdle()).as("%s", exai.snapshot()).isTrue();
        assertThat(glm.inFlight()).as("%s", glm).isZero();
        assertThat(kimi.inFlight()).as("%s", kimi).isZero();
    }

    /** Nothing of a session is out or waits. */
    void assertNothingOf(Session session) {
        PoolSnapshot.Usage usage = exai.snapshot().session(session.id()).orElse(null);
        if (usage != null) {
            assertThat(usage.inUse()).isZero();
            assertThat(usage.waiting()).isZero();
        }
        assertThat(exai.audit().isWhole()).as("%s", exai.audit()).isTrue();
        assertThat(exai.audit().holders()).noneMatch(holder -> holder.session().equals(session.id()));
    }

    /** All that was under way has come to rest. */
    void assertSettled() {
        sim.run();
        assertIdle();
        assertThat(exai.zombies()).isZero();
        assertThat(glm.zombies() + kimi.zombies()).isZero();
        assertThat(sim.pendingTasks()).as("%s", sim.pending()).isZero();
    }

    /** Runs until a call has ended; returns how. */
    <T> CallOutcome<T> end(ToolCall<T> call) {
        sim.runUntil(call::isDone);
        return call.outcome().orElseThrow();
    }

    ExaiException failure(ToolCall<?> call) {
        return failureOf(end(call));
    }

    static ExaiException failureOf(CallOutcome<?> outcome) {
        return outcome.error().orElseThrow(() -> new AssertionError("the call ended well"));
    }

    String text(ChatCall call) {
        CallOutcome<ChatReply> outcome = end(call);
        if (outcome instanceof CallOutcome.Succeeded<ChatReply> succeeded) {
            return succeeded.value().text();
        }
        throw new AssertionError("the call did not end well", failureOf(outcome));
    }

    /** Notes what it is told. */
    static final class Recorder implements CallListener<Object> {
        final List<String> told = new ArrayList<>();
        int ends;
        int chunks;

        @Override
        public void stateChanged(CallState state) {
            told.add(state.toString());
        }

        @Override
        public void chunk(Chunk chunk) {
            chunks++;
            told.add(content(chunk));
        }

        @Override
        public void ended(CallOutcome<? extends Object> outcome) {
            ends++;
            told.add("ended " + outcome.state());
        }
    }
}

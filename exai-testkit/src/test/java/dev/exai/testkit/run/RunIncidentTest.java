package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.Role;
import dev.exai.permit.PermitLimits;
import dev.exai.run.Budget;
import dev.exai.run.Evidence;
import dev.exai.run.Next;
import dev.exai.run.ProgressRules;
import dev.exai.run.Run;
import dev.exai.run.RunListener;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunProgress;
import dev.exai.run.RunSettings;
import dev.exai.run.Runs;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunStore;
import dev.exai.session.Session;
import dev.exai.spi.ModelInfo;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The causes of the incident that had to do with workflows and storage, each with what stands against it. W1 and W2 over great
 * lengths are in {@link RunLengthTest}, X2 in full in {@link RunStoreFaultTest}, X3 in {@link RunConversationTest}.
 */
class RunIncidentTest {
    private final Simulation simulation = Simulation.withSeed(81);

    // W1: a loop without a call of a model between its steps ran away. Each step of a run is a turn of the model or a
    // step of a
    // user that must change its state; one that changes nothing is stopped.
    @Test
    void w1_spinningWithoutTheModel_isStopped() {
        AtomicInteger steps = new AtomicInteger();
        Workflow spin = Workflow.blockingSteps("spin", (state, context) -> {
                    steps.incrementAndGet();
                    return Next.step("confidence: low");
                })
                .build();
        try (RunWorld world = new RunWorld(simulation, request -> Answer.text("unused"))) {
            Run run = world.runs.start(world.session, spin, "", Budget.unlimited());

            assertThat(world.outcome(run)).isInstanceOf(RunOutcome.NoProgress.class);
            assertThat(steps.get()).isLessThanOrEqualTo(5);
        }
    }

    // W2: stagnation was logged and the work went on, an expensive analysis included. What is found here ends the run.
    @Test
    void w2_stagnation_endsTheRunAndNothingFollows() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("look", arguments -> "nothing"))
                .build();
        try (RunWorld world = new RunWorld(simulation, request -> Answer.asks("look", "{}"))) {
            Run run = world.start(workflow);
            world.outcome(run);
            int asked = world.provider.asked();

            simulation.run();

            assertThat(run.outcome().orElseThrow()).isInstanceOf(RunOutcome.NoProgress.class);
            assertThat(world.provider.asked()).isEqualTo(asked);
            assertThat(simulation.pendingTasks()).isZero();
        }
    }

    // W3: a threshold of 5 was tested on a window of 3 and never fired. Whatever the threshold, the window is large
    // enough.
    @Test
    void w3_anyThreshold_fires() {
        for (int threshold = 2; threshold <= 40; threshold++) {
            ProgressRules rules =
                    ProgressRules.builder().sameTurn(threshold).cycles(0, 2).build();
            Workflow workflow = Workflow.model("m")
                    .function(RunWorld.function("look", arguments -> "nothing"))
                    .progress(rules)
                    .build();
            try (RunWorld world = new RunWorld(simulation, request -> Answer.asks("look", "{}"))) {
                assertThat(world.outcome(world.start(workflow))).isInstanceOf(RunOutcome.NoProgress.class);
                assertThat(world.provider.asked()).isEqualTo(threshold + 1);
            }
        }
    }

    @Test
    void w3_anyCycle_fires() {
        for (int times = 2; times <= 6; times++) {
            int length = 20;
            AtomicInteger turn = new AtomicInteger();
            Workflow workflow = Workflow.model("m")
                    .function(RunWorld.function("look", arguments -> "nothing"))
                    .progress(ProgressRules.builder().cycles(length, times).build())
                    .build();
            try (RunWorld world =
                    new RunWorld(simulation, request -> Answer.asks("look", "" + turn.getAndIncrement() % length))) {
                assertThat(world.outcome(world.start(workflow))).isInstanceOf(RunOutcome.NoProgress.class);
                assertThat(world.provider.asked()).isEqualTo((times + 1) * length);
            }
        }
    }

    // W4: the same failure again and again was not noticed.
    @Test
    void w4_sameFailure_endsTheRunWithTheEvidence() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", arguments -> {
                    throw new IllegalStateException("no such file");
                }))
                .build();
        AtomicInteger n = new AtomicInteger();
        try (RunWorld world =
                new RunWorld(simulation, request -> Answer.asks("read", "{\"try\":" + n.incrementAndGet() + "}"))) {
            assertThat(world.outcome(world.start(workflow)))
                    .isInstanceOfSatisfying(RunOutcome.NoProgress.class, end -> {
                        assertThat(end.evidence().rule()).isEqualTo(Evidence.Rule.SAME_ERROR);
                        assertThat(end.evidence().content()).contains("no such file");
                        assertThat(end.explain())
                                .contains("read failed with the same error")
                                .doesNotContain("no such file");
                    });
        }
    }

    // W5: a claim of certainty skipped the answer, and 83 bytes of nothing were returned. Done always has an answer.
    @Test
    void w5_claimOfBeingDone_withoutAnAnswer_isNotTheEnd() {
        Workflow workflow = Workflow.model("m")
                .acceptWhen(
                        answer -> answer.contains("because") ? Optional.empty() : Optional.of("Give the reason too"))
                .build();
        try (RunWorld world = new RunWorld(
                simulation,
                RunWorld.inOrder(
                        Answer.text(""), Answer.text("confidence: certain"), Answer.text("It broke because of X")))) {
            assertThat(world.outcome(world.start(workflow)).answer()).contains("It broke because of X");
        }
        Workflow blank = Workflow.blockingSteps("blank", (state, context) -> Next.done("  "))
                .build();
        try (RunWorld world = new RunWorld(simulation, request -> Answer.text("unused"))) {
            assertThat(world.outcome(world.runs.start(world.session, blank, "", Budget.unlimited())))
                    .isInstanceOf(RunOutcome.NoProgress.class);
        }
    }

    // X1: six or seven synchronous calls of the store a turn, and the conversation loaded three to five times. Here:
    // nothing is
    // read while a run goes on, once when it is taken up, and a turn with a function writes three times.
    @Test
    void x1_store_isReadOnceAndWrittenAFewTimesATurn() {
        FaultyStore store = new FaultyStore(simulation.scheduler());
        AtomicInteger n = new AtomicInteger();
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", arguments -> "r" + arguments))
                .build();
        try (RunWorld world = new RunWorld(
                simulation,
                request -> n.incrementAndGet() == 101
                        ? Answer.text("done")
                        : Answer.asks("read", "1" + n, "read", "2" + n, "read", "3" + n),
                store,
                RunSettings.defaults())) {
            Run run = world.start(workflow);
            world.outcome(run);

            assertThat(store.loads).isZero();
            assertThat(store.writes).isLessThanOrEqualTo(5 * 100 + 5);
            world.outcome(world.runs.resume(world.session, workflow, run.id()));
            assertThat(store.loads).isEqualTo(1);
        }
    }

    // X2: a full queue dropped writes, and stopping dropped the rest. Every record is there, in order, once.
    @Test
    void x2_records_areAllKeptInOrder() {
        FaultyStore store = new FaultyStore(simulation.scheduler());
        store.latency = Duration.ofMillis(700);
        AtomicInteger n = new AtomicInteger();
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", arguments -> "r" + arguments))
                .build();
        try (RunWorld world = new RunWorld(
                simulation,
                request -> n.incrementAndGet() == 300 ? Answer.text("done") : Answer.asks("read", "" + n),
                store,
                RunSettings.defaults())) {
            world.outcome(world.start(workflow));

            for (int i = 0; i < store.written.size(); i++) {
                assertThat(store.written.get(i).number()).isEqualTo(i + 1);
            }
            assertThat(store.written).hasSize(1 + 299 * 4 + 1 + 1);
        }
    }

    // X3: history was embedded in history. Each text that was said is in a request once, and requests grow by what was
    // said.
    @Test
    void x3_requests_growByWhatWasSaidOnly() {
        AtomicInteger n = new AtomicInteger();
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", arguments -> "content of " + arguments))
                .build();
        try (RunWorld world = new RunWorld(
                simulation, request -> n.incrementAndGet() == 50 ? Answer.text("done") : Answer.asks("read", "" + n))) {
            world.outcome(world.start(workflow));

            List<ChatMessage> before = List.of();
            for (ChatRequest request : world.requests) {
                List<ChatMessage> now = request.messages();
                assertThat(now.subList(0, before.size()).stream().map(ChatMessage::text))
                        .containsExactlyElementsOf(
                                before.stream().map(ChatMessage::text).toList());
                assertThat(now.size() - before.size()).isLessThanOrEqualTo(2);
                assertThat(now.stream().filter(m -> m.role() == Role.FUNCTION).map(ChatMessage::text))
                        .doesNotHaveDuplicates();
                before = now;
            }
        }
    }

    // X4: caches of requests were never cleared. What has ended is kept by its store alone.
    @Test
    void x4_endedRuns_leaveNothingBehind() {
        try (RunWorld world = new RunWorld(simulation, request -> Answer.text("ok"))) {
            for (int i = 0; i < 100; i++) {
                world.outcome(world.start(Workflow.model("m").build()));
            }
            simulation.run();

            assertThat(world.runs.live()).isEmpty();
            assertThat(world.session.calls()).isEmpty();
            assertThat(simulation.pendingTasks()).isZero();
        }
    }

    // I4, I12: five runs in five sessions over providers of 3 and 3. One hangs; the others end when they end without
    // it.
    @Test
    void fiveRuns_oneHung_theOthersEndAsWithoutIt() {
        Map<String, Duration> without = fiveRuns(false);
        Map<String, Duration> with = fiveRuns(true);

        assertThat(without).hasSize(5);
        assertThat(with).hasSize(4);
        with.forEach((name, when) -> assertThat(when).as(name).isEqualTo(without.get(name)));
    }

    private Map<String, Duration> fiveRuns(boolean oneHangs) {
        Simulation world = Simulation.withSeed(99);
        Map<String, Duration> ended = new HashMap<>();
        try (Exai exai = Exai.builder(provider("glm", world, oneHangs), provider("kimi", world, oneHangs))
                        .limits(PermitLimits.builder()
                                .provider("glm", 3)
                                .provider("kimi", 3)
                                .build())
                        .scheduler(world.scheduler())
                        .executor(world.executor())
                        .effectsExecutor(world.executor())
                        .build();
                Runs runs = exai.runs(RunStore.inMemory())) {
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Session session = exai.openSession("agent" + i);
                sessions.add(session);
                Workflow workflow = Workflow.model("agent" + i)
                        .model(i % 2 == 0 ? "glm-m" : "kimi-m")
                        .function(RunWorld.function("work", arguments -> "did " + arguments))
                        .build();
                Run run = runs.start(session, workflow, "agent" + i, Budget.unlimited());
                String name = workflow.name();
                run.addListener(new RunListener() {
                    @Override
                    public void ended(RunProgress progress, RunOutcome outcome) {
                        if (outcome instanceof RunOutcome.Done) {
                            ended.put(name, world.now());
                        }
                    }
                });
            }
            world.runFor(Duration.ofMinutes(4));
            sessions.forEach(Session::close);
            world.run();
        }
        return ended;
    }

    /** Ten turns of a function each, then an answer; the first agent hangs if told so. */
    private static ThinkingProvider provider(String name, Simulation world, boolean oneHangs) {
        ModelInfo model = ModelInfo.builder(name + "-m")
                .capabilities(ModelInfo.Capability.FUNCTIONS)
                .build();
        return new ThinkingProvider(name, world.scheduler(), model, request -> {
            int turns = request.messages().size() / 2;
            if (oneHangs && request.messages().get(0).text().equals("agent0") && turns == 3) {
                return Answer.hangs();
            }
            return turns == 10 ? Answer.text("done") : Answer.asks("work", "" + turns);
        });
    }
}

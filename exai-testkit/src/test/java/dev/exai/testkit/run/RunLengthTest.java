package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.Role;
import dev.exai.run.Budget;
import dev.exai.run.Next;
import dev.exai.run.Run;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunSettings;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunStore;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** I14: runs that get on go on, whatever their length; runs that go in circles end, whatever the circle. */
class RunLengthTest {
    private final Simulation simulation = Simulation.withSeed(14).maxSteps(Long.MAX_VALUE);

    // I14, W1: the stack of the last step is no deeper than that of the first
    @ParameterizedTest
    @CsvSource({"5000"})
    void steps_many_finishOnAConstantStack(int steps) {
        counting(steps);
    }

    @Tag("ci")
    @ParameterizedTest
    @CsvSource({"100000"})
    void steps_aHundredThousand_finishOnAConstantStack(int steps) {
        counting(steps);
    }

    private void counting(int steps) {
        AtomicInteger first = new AtomicInteger();
        AtomicInteger deepest = new AtomicInteger();
        Workflow workflow = Workflow.blockingSteps("count", (state, context) -> {
                    int n = Integer.parseInt(state);
                    if (n % 1_000 == 0) {
                        int depth = Thread.currentThread().getStackTrace().length;
                        first.compareAndSet(0, depth);
                        deepest.accumulateAndGet(depth, Math::max);
                    }
                    return n == steps ? Next.done("counted") : Next.step(Integer.toString(n + 1));
                })
                .build();
        try (RunWorld world = new RunWorld(simulation, request -> Answer.text("unused"))) {
            Run run = world.runs.start(world.session, workflow, "0", Budget.unlimited());

            assertThat(world.outcome(run).answer()).contains("counted");
            assertThat(run.progress().step()).isEqualTo(steps + 1);
            assertThat(deepest.get()).isLessThan(first.get() + 20);
        }
    }

    // I14: the same over a model with functions and a small context, which is made shorter again and again
    @ParameterizedTest
    @CsvSource({"2000"})
    void model_productive_finishesWhateverTheLength(int turns) {
        productive(turns);
    }

    @Tag("ci")
    @ParameterizedTest
    @CsvSource({"100000"})
    void model_productive_finishesWhateverTheGreatLength(int turns) {
        productive(turns);
    }

    private void productive(int turns) {
        AtomicInteger turn = new AtomicInteger();
        Workflow workflow = Workflow.model("long")
                .function(RunWorld.function("work", arguments -> "result of " + arguments))
                .build();
        try (RunWorld world = new RunWorld(
                simulation,
                request -> {
                    Answer answer = isSummary(request)
                            ? Answer.text("worked up to " + turn.get())
                            : turn.incrementAndGet() == turns
                                    ? Answer.text("all done")
                                    : Answer.asks("work", "{\"item\":" + turn.get() + "}");
                    return answer.usage(20L * request.messages().size(), 10);
                },
                RunStore.inMemory(),
                RunSettings.defaults(),
                model -> model.contextWindow(3_000).defaultOutputTokens(500))) {
            Run run = world.start(workflow);

            assertThat(world.outcome(run).answer()).contains("all done");
            assertThat(run.progress().step()).isEqualTo(turns);
            assertThat(world.requests)
                    .allSatisfy(request -> assertThat(request.messages().size()).isLessThan(300));
        }
    }

    private static boolean isSummary(ChatRequest request) {
        return request.functions().isEmpty();
    }

    static IntStream periods() {
        return IntStream.rangeClosed(1, 8);
    }

    // I14, W2, W3: a model that goes in circles is stopped within its evidence window, whatever came before
    @ParameterizedTest
    @MethodSource("periods")
    void model_periodic_endsWithinItsWindow(int period) {
        for (int prefix : new int[] {0, 1, 7, 40}) {
            AtomicInteger turn = new AtomicInteger();
            ending(
                    n -> n <= prefix
                            ? Answer.asks("work", "{\"new\":" + n + "}")
                            : Answer.asks("work", "{\"old\":" + (n - prefix) % period + "}"),
                    turn,
                    prefix + 4 * period);
        }
    }

    private void ending(IntFunction<Answer> model, AtomicInteger turn, int mostTurns) {
        Workflow workflow = Workflow.model("circle")
                .function(RunWorld.function("work", arguments -> "result of " + arguments))
                .build();
        try (RunWorld world = new RunWorld(simulation, request -> model.apply(turn.incrementAndGet()))) {
            Run run = world.start(workflow);

            assertThat(world.outcome(run)).isInstanceOf(RunOutcome.NoProgress.class);
            assertThat(turn.get()).isLessThanOrEqualTo(mostTurns);
            long warnings = world.requests.get(world.requests.size() - 1).messages().stream()
                    .filter(message -> message.role() == Role.USER)
                    .map(ChatMessage::text)
                    .filter(text -> text.contains("going in circles"))
                    .count();
            assertThat(warnings).isEqualTo(1);
        }
    }

    // I14: work that is new but for some repetition now and then is never taken for a circle
    @Test
    void model_newWorkWithRepetitions_isNeverStopped() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            AtomicInteger turn = new AtomicInteger();
            AtomicInteger last = new AtomicInteger();
            Workflow workflow = Workflow.model("mixed")
                    .function(RunWorld.function("work", arguments -> "result of " + arguments))
                    .build();
            try (RunWorld world = new RunWorld(simulation, request -> {
                int n = turn.incrementAndGet();
                boolean again = random.nextInt(3) == 0 && last.get() < n - 2;
                last.set(again ? n : last.get());
                return n == 300
                        ? Answer.text("done")
                        : Answer.asks("work", "{\"item\":" + (again ? n - 1 - random.nextInt(2) : n) + "}");
            })) {
                Run run = world.start(workflow);

                assertThat(world.outcome(run).answer()).as("seed " + seed).contains("done");
            }
        }
        assertThat(simulation.now()).isGreaterThan(Duration.ofMinutes(90));
    }

    // I14: a warning long ago, after which the model found another way, does not count for ever
    @Test
    void warnings_withNewWorkBetween_areForgotten() {
        AtomicInteger turn = new AtomicInteger();
        Workflow workflow = Workflow.model("moody")
                .function(RunWorld.function("work", arguments -> "result of " + arguments))
                .build();
        try (RunWorld world = new RunWorld(simulation, request -> {
            int n = turn.incrementAndGet();
            boolean stuck = n % 100 < 3;
            return n == 1_000
                    ? Answer.text("done")
                    : Answer.asks("work", "{\"item\":" + (stuck ? "\"stuck " + n / 100 + "\"" : "" + n) + "}");
        })) {
            Run run = world.start(workflow);

            assertThat(world.outcome(run).answer()).contains("done");
        }
    }
}

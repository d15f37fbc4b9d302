package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionSpec;
import dev.exai.message.Role;
import dev.exai.run.Budget;
import dev.exai.run.Evidence;
import dev.exai.run.Next;
import dev.exai.run.ProgressRules;
import dev.exai.run.Run;
import dev.exai.run.RunFunction;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunProgress;
import dev.exai.run.RunRequest;
import dev.exai.run.RunSettings;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.TaskFilter;
import dev.exai.run.store.TaskState;
import dev.exai.spi.TokenPrice;
import dev.exai.testkit.time.Simulation;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every way in which a run ends, in virtual time. */
class RunEndsTest {
    private static final Workflow PLAIN = Workflow.model("plain").build();

    private final Simulation simulation = Simulation.withSeed(8);
    private RunWorld world;

    private RunWorld world(Answer... answers) {
        world = new RunWorld(simulation, RunWorld.inOrder(answers));
        return world;
    }

    // I1: whatever the end, nothing is held after it
    @AfterEach
    void nothingIsLeft() {
        if (world != null) {
            world.close();
            simulation.run();
            assertThat(world.exai.snapshot().isIdle()).isTrue();
            assertThat(world.exai.audit().problems()).isEmpty();
            assertThat(world.runs.live()).isEmpty();
            assertThat(world.provider.inFlight()).isZero();
            assertThat(simulation.pendingTasks()).isZero();
        }
    }

    @Test
    void answer_withText_isDone() {
        Run run = world(Answer.text("42")).start(PLAIN);

        assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Done("42"));
        assertThat(run.explain()).contains("ended: done", "1 step", "1 calls", "100 tokens", "1.0 s", "unlimited");
        assertThat(tasks(TaskState.DONE)).singleElement().satisfies(task -> {
            assertThat(task.id()).isEqualTo(run.id());
            assertThat(task.owner()).contains(world.session.id());
        });
    }

    @Test
    void functions_ofOneTurn_runAtOnceAndAreAnsweredInOrder() {
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        RunFunction slow =
                RunFunction.async(FunctionSpec.of("slow", "Waits", RunWorld.NO_PARAMETERS), (arguments, context) -> {
                    CompletableFuture<String> result = new CompletableFuture<>();
                    waiting.add(result);
                    return result;
                });
        Run run = world(Answer.asks("slow", "1", "slow", "2").thinking("both"), Answer.text("ok"))
                .start(Workflow.model("m")
                        .instructions("Be brief")
                        .function(slow)
                        .build());
        simulation.runUntil(() -> waiting.size() == 2);

        assertThat(run.progress().running()).containsExactly("slow", "slow");
        waiting.get(1).complete("second");
        waiting.get(0).complete("first");

        assertThat(world.outcome(run).answer()).contains("ok");
        List<ChatMessage> messages = world.requests.get(1).messages();
        assertThat(messages.stream().map(ChatMessage::role))
                .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.FUNCTION, Role.FUNCTION);
        assertThat(messages.get(2).reasoning()).contains("both");
        assertThat(messages.get(3).text()).isIn("first", "second");
        assertThat(messages.get(3).functionCallId()).contains("call_0");
        assertThat(messages.get(4).functionCallId()).contains("call_1");
        assertThat(run.progress().calls()).isEqualTo(4);
    }

    @Test
    void function_thatThrowsOrIsNotThere_isToldToTheModel() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("broken", arguments -> {
                    throw new IllegalArgumentException("no such line");
                }))
                .build();
        Run run = world(Answer.asks("broken", "{}", "unknown", "{}"), Answer.text("ok"))
                .start(workflow);

        assertThat(world.outcome(run).answer()).contains("ok");
        assertThat(lastTexts(2))
                .containsExactly("error: no such line", "error: there is no function unknown; there are broken");
    }

    @Test
    void cancel_whileTheModelIsAsked_endsItAtOnce() {
        Run run = world(Answer.hangs()).start(PLAIN);
        simulation.runUntil(() -> world.provider.inFlight() == 1);

        assertThat(run.cancel("enough")).isTrue();

        assertThat(world.session.calls()).isEmpty();
        assertThat(world.provider.inFlight()).isZero();
        assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Cancelled("enough"));
        assertThat(run.cancel("again")).isTrue();
        assertThat(tasks(TaskState.CANCELLED)).hasSize(1);
    }

    @Test
    void cancel_afterTheEnd_changesNothing() {
        Run run = world(Answer.text("done")).start(PLAIN);
        world.outcome(run);

        assertThat(run.cancel("late")).isFalse();
        assertThat(run.outcome().orElseThrow().answer()).contains("done");
    }

    @Test
    void budget_ofTime_endsTheRunAtThatMoment() {
        Run run = world(Answer.hangs())
                .start(PLAIN, Budget.builder().time(Duration.ofSeconds(90)).build());

        assertThat(world.outcome(run))
                .isEqualTo(new RunOutcome.OutOfBudget(
                        Budget.Limit.TIME,
                        Budget.builder().time(Duration.ofSeconds(90)).build()));
        assertThat(simulation.now()).isEqualTo(Duration.ofSeconds(90));
        assertThat(tasks(TaskState.FAILED)).hasSize(1);
    }

    @Test
    void budget_ofTokens_boundsTheAnswerThenEndsTheRun() {
        Run run = world(
                        Answer.asks("f", "1").usage(200, 100),
                        Answer.asks("f", "2").usage(500, 100),
                        Answer.text("late"))
                .start(functions("f"), Budget.builder().tokens(900).build());

        assertThat(world.outcome(run)).isInstanceOfSatisfying(RunOutcome.OutOfBudget.class, end -> {
            assertThat(end.limit()).isEqualTo(Budget.Limit.TOKENS);
            assertThat(end.explain()).contains("900 tokens");
        });
        assertThat(run.progress().tokens()).isEqualTo(900);
        assertThat(run.progress().used()).isEqualTo(1);
        assertThat(world.provider.asked()).isEqualTo(2);
        assertThat(world.requests.get(0).maxOutputTokens().getAsInt()).isLessThan(900);
    }

    @Test
    void budget_ofCalls_isNotExceededByFunctionsOfOneTurn() {
        AtomicInteger ran = new AtomicInteger();
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("f", arguments -> "r" + ran.incrementAndGet()))
                .build();
        Run run = world(Answer.asks("f", "1"), Answer.asks("f", "2", "f", "3"))
                .start(workflow, Budget.builder().calls(4).build());

        assertThat(world.outcome(run))
                .isInstanceOfSatisfying(
                        RunOutcome.OutOfBudget.class,
                        end -> assertThat(end.limit()).isEqualTo(Budget.Limit.CALLS));
        assertThat(ran).hasValue(1);
        assertThat(run.progress().calls()).isEqualTo(3);
    }

    @Test
    void budget_ofCost_withAModelWithoutPrice_isNotSilentlyIgnored() {
        Run run = world(Answer.asks("f", "1"), Answer.text("late"))
                .start(functions("f"), Budget.builder().cost("0.10").build());

        assertThat(world.outcome(run).explain()).contains("nobody knows the price of glm/glm-thinks");
        assertThat(world.provider.asked()).isEqualTo(1);
    }

    @Test
    void budget_ofCost_countsByTheCatalogue_thenEndsTheRun() {
        TokenPrice price = TokenPrice.of(new BigDecimal("100"), new BigDecimal("1000"), LocalDate.of(2026, 11, 1));
        world = new RunWorld(
                simulation,
                RunWorld.inOrder(Answer.asks("f", "1"), Answer.asks("f", "2"), Answer.text("late")),
                RunStore.inMemory(),
                RunSettings.defaults(),
                model -> model.price(price));
        Run run = world.start(functions("f"), Budget.builder().cost("0.035").build());

        assertThat(world.outcome(run))
                .isInstanceOfSatisfying(
                        RunOutcome.OutOfBudget.class,
                        end -> assertThat(end.limit()).isEqualTo(Budget.Limit.COST));
        assertThat(run.progress().cost()).isEqualByComparingTo("0.038"); // twice 90 tokens in and 10 out
        assertThat(run.explain()).contains("$0.038", "cost=0.035");
    }

    @Test
    void budget_largerOne_goesOnWhereItEnded() {
        Run first = world(Answer.asks("f", "1"), Answer.asks("f", "2"), Answer.text("there"))
                .start(functions("f"), Budget.builder().calls(2).build());
        assertThat(world.outcome(first)).isInstanceOf(RunOutcome.OutOfBudget.class);

        Run second = world.runs.resume(
                world.session,
                functions("f"),
                first.id(),
                Budget.builder().calls(10).build());

        assertThat(world.outcome(second).answer()).contains("there");
        assertThat(second.progress().calls()).isEqualTo(5);
    }

    @Test
    void budget_withoutLimit_mustBeSaid() {
        assertThatThrownBy(() -> Budget.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Budget.unlimited()");
    }

    @Test
    void sameCalls_sameResults_areToldThenEndTheRun() {
        Run run = world(Answer.asks("f", "{\"a\": 1}"), Answer.asks("f", "{\"a\":1}"))
                .start(functions("f"));

        assertThat(world.outcome(run)).isInstanceOfSatisfying(RunOutcome.NoProgress.class, end -> {
            assertThat(end.evidence().rule()).isEqualTo(Evidence.Rule.SAME_CALLS);
            assertThat(end.evidence().cycle()).containsExactly("f");
            assertThat(end.evidence().content()).contains("{\"a\":1}").contains("same");
            assertThat(end.explain()).doesNotContain("{").contains("f had the same arguments");
        });
        assertThat(world.provider.asked()).isEqualTo(4);
        assertThat(world.requests.get(3).messages()).last().satisfies(message -> {
            assertThat(message.role()).isEqualTo(Role.USER);
            assertThat(message.text()).contains("3 times", "another way", "{\"a\":1}");
        });
        assertThat(run.explain()).contains("no progress", "4 steps");
    }

    @Test
    void sameCalls_otherResults_areProgress() {
        AtomicInteger results = new AtomicInteger();
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", arguments -> "line " + results.incrementAndGet()))
                .build();
        Answer[] answers = new Answer[50];
        Arrays.fill(answers, Answer.asks("read", "{}"));
        answers[49] = Answer.text("all read");

        Run run = world(answers).start(workflow);

        assertThat(world.outcome(run).answer()).contains("all read");
    }

    @Test
    void sameCalls_ofAPollingFunction_areNoCircle() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("build", arguments -> "still building")
                        .polling())
                .build();
        Answer[] answers = new Answer[50];
        Arrays.fill(answers, Answer.asks("build", "{}"));
        answers[49] = Answer.text("built");

        Run run = world(answers).start(workflow);

        assertThat(world.outcome(run).answer()).contains("built");
    }

    @Test
    void warning_thatIsHeeded_letsTheRunFinish() {
        Run run = world(
                        Answer.asks("f", "1"),
                        Answer.asks("f", "1"),
                        Answer.asks("f", "1"),
                        Answer.asks("f", "2"),
                        Answer.text("found another way"))
                .start(functions("f"));

        assertThat(world.outcome(run).answer()).contains("found another way");
    }

    @Test
    void sameError_otherArguments_endsTheRun() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", arguments -> {
                    throw new IllegalStateException("permission denied");
                }))
                .build();
        AtomicInteger file = new AtomicInteger();
        world = new RunWorld(simulation, request -> Answer.asks("read", "{\"file\":" + file.incrementAndGet() + "}"));

        assertThat(world.outcome(world.start(workflow)))
                .isInstanceOfSatisfying(
                        RunOutcome.NoProgress.class,
                        end -> assertThat(end.evidence().rule()).isEqualTo(Evidence.Rule.SAME_ERROR));
        assertThat(world.provider.asked()).isEqualTo(4);
    }

    @Test
    void emptyAnswers_areToldThenEndTheRun() {
        Run run = world(Answer.text(" ")).start(PLAIN);

        assertThat(world.outcome(run))
                .isInstanceOfSatisfying(
                        RunOutcome.NoProgress.class,
                        end -> assertThat(end.evidence().rule()).isEqualTo(Evidence.Rule.EMPTY_ANSWER));
        assertThat(world.provider.asked()).isEqualTo(2);
        assertThat(lastTexts(1)).singleElement().asString().contains("empty");
    }

    @Test
    void answer_thatIsNotAccepted_goesOnUntilItIs() {
        Workflow workflow = Workflow.model("m")
                .acceptWhen(answer -> answer.startsWith("{") ? Optional.empty() : Optional.of("Answer with JSON"))
                .build();
        Run run = world(Answer.text("sure!"), Answer.text("{}")).start(workflow);

        assertThat(world.outcome(run).answer()).contains("{}");
        assertThat(lastTexts(2)).containsExactly("sure!", "Answer with JSON");
    }

    @Test
    void sameAnswer_neverAccepted_endsTheRun() {
        Workflow workflow =
                Workflow.model("m").acceptWhen(answer -> Optional.of("no")).build();
        Run run = world(Answer.text("sure!")).start(workflow);

        assertThat(world.outcome(run))
                .isInstanceOfSatisfying(
                        RunOutcome.NoProgress.class,
                        end -> assertThat(end.evidence().rule()).isEqualTo(Evidence.Rule.SAME_ANSWER));
        assertThat(world.provider.asked()).isEqualTo(4);
    }

    @Test
    void answer_thatWasCut_isPutTogether() {
        Run run = world(Answer.text("one, ").cut(), Answer.text("two, ").cut(), Answer.text("three"))
                .start(PLAIN);

        assertThat(world.outcome(run).answer()).contains("one, two, three");
    }

    @Test
    void functions_ofATurnThatWasCut_areNotRun() {
        AtomicInteger ran = new AtomicInteger();
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("delete", arguments -> "gone " + ran.incrementAndGet()))
                .build();
        Run run = world(Answer.asks("delete", "{\"path\":\"/tm").cut(), Answer.text("ok"))
                .start(workflow);

        assertThat(world.outcome(run).answer()).contains("ok");
        assertThat(ran).hasValue(0);
        assertThat(lastTexts(1)).singleElement().asString().contains("cut at the limit");
    }

    @Test
    void rules_off_onlyTheBudgetEndsIt() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("f", arguments -> "same"))
                .progress(ProgressRules.off())
                .build();
        Run run = world(Answer.asks("f", "1"))
                .start(workflow, Budget.builder().calls(300).build());

        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.OutOfBudget.class);
        assertThat(run.progress().step()).isEqualTo(150);
    }

    @Test
    void session_closed_suspendsTheRunForLater() {
        Run run = world(Answer.hangs(), Answer.text("later")).start(PLAIN);
        simulation.runUntil(() -> world.provider.inFlight() == 1);

        world.session.close();

        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(tasks(TaskState.IN_PROGRESS)).hasSize(1);
        try (var next = world.exai.openSession("next")) {
            assertThat(world.outcome(world.runs.resume(next, PLAIN, run.id())).answer())
                    .contains("later");
        }
    }

    @Test
    void session_closedWhileAStepWaitsForItsTime_suspendsTheRunAtOnce() {
        Workflow waits = Workflow.blockingSteps(
                        "waits",
                        (state, context) ->
                                state.equals("again") ? Next.done("done") : Next.later(Duration.ofHours(3), "again"))
                .build();
        world = world(Answer.text("unused"));
        Run run = world.runs.start(world.session, waits, "first", Budget.unlimited());
        simulation.runFor(Duration.ofMinutes(1));
        assertThat(run.progress().waiting()).isEqualTo(RunProgress.Waiting.TIME);

        world.session.close();

        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(simulation.now()).as("at once").isEqualTo(Duration.ofMinutes(1));
        try (var next = world.exai.openSession("next")) {
            assertThat(world.outcome(world.runs.resume(next, waits, run.id())).answer())
                    .contains("done");
        }
    }

    @Test
    void session_closedBeforeTheRunBegan_suspendsIt() {
        world = world(Answer.text("unused"));
        world.session.close();

        Run run = world.start(PLAIN);

        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.Suspended.class);
        assertThat(world.provider.asked()).isZero();
    }

    @Test
    void session_closedAfterTheRunEnded_changesNothing() {
        Run run = world(Answer.text("42")).start(PLAIN);
        assertThat(world.outcome(run)).isEqualTo(new RunOutcome.Done("42"));

        world.session.close();
        simulation.run();

        assertThat(run.outcome()).contains(new RunOutcome.Done("42"));
    }

    @Test
    void workflow_ofAnotherName_isRefusedAtResume() {
        Run run = world(Answer.hangs()).start(PLAIN);
        simulation.runUntil(() -> world.provider.inFlight() == 1);
        world.session.close();
        world.outcome(run);

        try (var next = world.exai.openSession("next")) {
            Run wrong = world.runs.resume(next, functions("f"), run.id());
            assertThat(world.outcome(wrong).explain()).contains("is one of plain, not of functions");
        }
    }

    @Test
    void steps_goOnUntilTheySayDone() {
        Workflow workflow = Workflow.blockingSteps("count", (state, context) -> {
                    int n = Integer.parseInt(state);
                    return n == 5 ? Next.done("five") : Next.step("" + (n + 1));
                })
                .build();
        world = world(Answer.text("unused"));
        Run run = world.runs.start(world.session, workflow, "0", Budget.unlimited());

        assertThat(world.outcome(run).answer()).contains("five");
        assertThat(run.progress().step()).isEqualTo(6);
        assertThat(world.provider.asked()).isZero();
    }

    @Test
    void steps_thatWait_holdNothingAndAreNoCircle() {
        AtomicInteger polls = new AtomicInteger();
        Workflow workflow = Workflow.blockingSteps(
                        "poll",
                        (state, context) -> polls.incrementAndGet() == 100
                                ? Next.done("ready")
                                : Next.later(Duration.ofMinutes(1), state))
                .build();
        world = world(Answer.text("unused"));
        Run run = world.runs.start(world.session, workflow, "", Budget.unlimited());

        assertThat(world.outcome(run).answer()).contains("ready");
        assertThat(simulation.now()).isEqualTo(Duration.ofMinutes(99));
    }

    @Test
    void steps_thatLeadToTheSameState_areToldThenEndTheRun() {
        List<Optional<String>> notices = new ArrayList<>();
        Workflow workflow = Workflow.blockingSteps("circle", (state, context) -> {
                    notices.add(context.notice());
                    return Next.step("again");
                })
                .build();
        world = world(Answer.text("unused"));
        Run run = world.runs.start(world.session, workflow, "", Budget.unlimited());

        assertThat(world.outcome(run))
                .isInstanceOfSatisfying(
                        RunOutcome.NoProgress.class,
                        end -> assertThat(end.evidence().rule()).isEqualTo(Evidence.Rule.SAME_STATE));
        assertThat(notices).hasSize(4);
        assertThat(notices.get(3)).isPresent();
    }

    @Test
    void step_thatThrows_failsTheRunWhichCanGoOn() {
        AtomicInteger tries = new AtomicInteger();
        Workflow workflow = Workflow.blockingSteps("flaky", (state, context) -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new IllegalStateException("disk");
                    }
                    return Next.done("ok");
                })
                .build();
        world = world(Answer.text("unused"));
        Run run = world.runs.start(world.session, workflow, "", Budget.unlimited());

        assertThat(world.outcome(run)).isInstanceOfSatisfying(RunOutcome.Failed.class, failed -> {
            assertThat(failed.cause()).containsInstanceOf(IllegalStateException.class);
        });
        assertThat(world.outcome(world.runs.resume(world.session, workflow, run.id()))
                        .answer())
                .contains("ok");
    }

    // I2, I12: what a step asks of models counts for the run, and ends with it
    @Test
    void step_thatAsksModels_spendsTheBudgetOfTheRun() {
        Workflow workflow = Workflow.steps(
                        "ask",
                        (state, context) -> context.chat(ChatRequest.of("a"))
                                .toCompletableFuture()
                                .thenCombine(
                                        context.chat(ChatRequest.of("b")).toCompletableFuture(),
                                        (a, b) -> Next.step(state + a.text())))
                .build();
        world = world(Answer.text("x").usage(100, 100));
        Run run = world.runs.start(
                world.session, workflow, "", Budget.builder().tokens(1_000).build());

        assertThat(world.outcome(run)).isInstanceOf(RunOutcome.OutOfBudget.class);
        assertThat(run.progress().tokens()).isBetween(1_000L, 1_200L);
    }

    @Test
    void tasks_thatAreNoRuns_haveStatesAndParts() {
        world = world(Answer.text("done"));
        RunTask parent = world.runs.addTask(world.session, "release", null).join();
        RunTask part = world.runs.addTask(world.session, "notes", parent.id()).join();
        assertThat(part.state()).isEqualTo(TaskState.NOT_STARTED);

        assertThat(world.runs.moveTask(part.id(), TaskState.DONE).join()).isPresent();
        Run run = world.runs.start(
                world.session, RunRequest.of(PLAIN, "go", Budget.unlimited()).parent(parent.id()));
        world.outcome(run);

        assertThat(world.runs.tasks(TaskFilter.all().parent(parent.id())).join())
                .extracting(RunTask::name, RunTask::state)
                .containsExactly(tuple("notes", TaskState.DONE), tuple("plain", TaskState.DONE));
        assertThat(world.runs.moveTask(run.id(), TaskState.CANCELLED)).isCompletedExceptionally();
    }

    private Workflow functions(String name) {
        return Workflow.model("functions")
                .function(RunWorld.function(name, arguments -> "same"))
                .build();
    }

    private List<RunTask> tasks(TaskState state) {
        return world.runs.tasks(TaskFilter.all().state(state)).join();
    }

    /** The texts of the last messages that the model was shown last. */
    private List<String> lastTexts(int count) {
        List<ChatMessage> messages =
                world.requests.get(world.requests.size() - 1).messages();
        return messages.subList(messages.size() - count, messages.size()).stream()
                .map(ChatMessage::text)
                .toList();
    }
}

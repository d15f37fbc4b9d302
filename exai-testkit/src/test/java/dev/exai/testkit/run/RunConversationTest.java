package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionCall;
import dev.exai.message.Role;
import dev.exai.run.Budget;
import dev.exai.run.Compaction;
import dev.exai.run.Run;
import dev.exai.run.RunListener;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunProgress;
import dev.exai.run.RunRequest;
import dev.exai.run.RunSettings;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStore;
import dev.exai.testkit.time.Simulation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the model is shown: everything once, within its context. */
class RunConversationTest {
    private final Simulation simulation = Simulation.withSeed(5);
    private final RunStore store = RunStore.inMemory();

    private RunWorld world(Function<ChatRequest, Answer> mind, int context) {
        return new RunWorld(
                simulation,
                mind,
                store,
                RunSettings.defaults(),
                model -> model.contextWindow(context).defaultOutputTokens(200));
    }

    private static Answer sized(Answer answer, ChatRequest request) {
        long tokens = request.messages().stream()
                .mapToLong(message -> 8 + message.text().length() / 3)
                .sum();
        return answer.usage(tokens, 5);
    }

    private static Workflow reader(int characters) {
        return Workflow.model("reader")
                .instructions("Read everything")
                .function(RunWorld.function("read", file -> file + ":" + "x".repeat(characters)))
                .build();
    }

    /** Asks for the next files, some of them in one turn. */
    private static Answer asksForNext(AtomicInteger file, int inOneTurn) {
        String[] asked = new String[2 * inOneTurn];
        for (int i = 0; i < asked.length; i += 2) {
            asked[i] = "read";
            asked[i + 1] = "{\"file\":" + file.incrementAndGet() + "}";
        }
        return Answer.asks(asked);
    }

    // X3: nothing is embedded twice, what is sent never outgrows the context, and each that was asked for has its
    // result
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void longRun_everyRequest_fitsAndHasNothingTwice(int inOneTurn) {
        AtomicInteger file = new AtomicInteger();
        try (RunWorld world = world(
                request -> sized(
                        request.functions().isEmpty()
                                ? Answer.text("summary up to file " + file.get())
                                : file.get() >= 198 ? Answer.text("read") : asksForNext(file, inOneTurn),
                        request),
                4_000)) {
            Run run = world.start(reader(900 / inOneTurn));

            assertThat(world.outcome(run).answer()).contains("read");
            for (ChatRequest request : world.requests) {
                long tokens = request.messages().stream()
                        .mapToLong(message -> message.text().length() / 3)
                        .sum();
                assertThat(tokens).isLessThan(4_000);
                if (!request.functions().isEmpty()) {
                    assertWellFormed(request.messages());
                    List<String> results = request.messages().stream()
                            .filter(message -> message.role() == Role.FUNCTION)
                            .map(ChatMessage::text)
                            .filter(text -> text.startsWith("{"))
                            .toList();
                    assertThat(results).doesNotHaveDuplicates();
                    assertThat(request.messages().stream()
                                    .filter(message -> message.text().startsWith("Summary of the work")))
                            .hasSizeLessThanOrEqualTo(1);
                    assertThat(request.messages().get(1).text()).isEqualTo("Do it");
                }
            }
            assertThat(records(run).stream().filter(record -> record.kind() == RunRecord.Kind.RESULT))
                    .as("the records keep everything")
                    .hasSize(198)
                    .allMatch(record -> record.text().length() > 900 / inOneTurn);
        }
    }

    /** Each result of a function follows the turn that asked for it, and each that was asked for has one. */
    private static void assertWellFormed(List<ChatMessage> messages) {
        Set<String> open = new HashSet<>();
        for (ChatMessage message : messages) {
            if (message.role() == Role.FUNCTION) {
                assertThat(open.remove(message.functionCallId().orElseThrow())).isTrue();
            } else {
                assertThat(open).isEmpty();
                message.functionCalls().stream().map(FunctionCall::id).forEach(open::add);
            }
        }
        assertThat(open).isEmpty();
    }

    @Test
    void oldResults_giveWayFirst_withoutAskingAModel() {
        AtomicInteger file = new AtomicInteger();
        List<long[]> told = new ArrayList<>();
        try (RunWorld world = world(
                request -> sized(
                        file.incrementAndGet() == 12 ? Answer.text("read") : Answer.asks("read", "" + file.get()),
                        request),
                4_000)) {
            Run run = world.runs.start(
                    world.session,
                    RunRequest.of(reader(1_500), "Do it", Budget.unlimited()).listener(new RunListener() {
                        @Override
                        public void compacted(RunProgress progress, long before, long after) {
                            told.add(new long[] {before, after});
                        }
                    }));

            assertThat(world.outcome(run).answer()).contains("read");
            simulation.run();
            assertThat(told).isNotEmpty().allMatch(each -> each[1] < each[0]);
            assertThat(world.requests).allMatch(request -> !request.functions().isEmpty());
            assertThat(world.requests.get(11).messages())
                    .anyMatch(message -> message.text().contains("old result was left out"));
        }
    }

    // One result of a turn gives way, the others stay as they are, and the next process is shown the same
    @Test
    void oneResult_ofATurnWithSeveral_givesWayAlone() {
        Compaction second = request -> CompletableFuture.completedFuture(request.entries().stream()
                .filter(entry -> entry.message().functionCallId().equals(Optional.of("call_1")))
                .filter(entry -> entry.tokens() > 100)
                .map(entry -> Compaction.Replacement.result(entry, "left out"))
                .toList());
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", file -> file + "x".repeat(4_000)))
                .compaction(second)
                .build();
        Answer three = Answer.asks("read", "a", "read", "b", "read", "c").usage(0, 5);
        RunWorld first = world(RunWorld.inOrder(three, Answer.hangs()), 5_000);
        Run run = first.start(workflow);
        simulation.runUntil(() -> first.requests.size() == 2);
        List<ChatMessage> shown = first.requests.get(1).messages();
        first.crash();

        assertWellFormed(shown);
        assertThat(shown.stream().skip(2).map(message -> message.text().substring(0, 1)))
                .containsExactly("a", "l", "c");
        try (RunWorld next = world(request -> Answer.text("ok"), 5_000)) {
            assertThat(next.outcome(next.runs.resume(next.session, workflow, run.id()))
                            .answer())
                    .contains("ok");
            assertThat(next.requests.get(0).messages().stream().map(ChatMessage::text))
                    .containsExactlyElementsOf(
                            shown.stream().map(ChatMessage::text).toList());
        }
    }

    // Reasoning goes back as it came; the provider decides what of it it sends
    @Test
    void reasoning_ofATurn_isKept() {
        try (RunWorld world =
                world(RunWorld.inOrder(Answer.asks("read", "1").thinking("I must read"), Answer.text("ok")), 4_000)) {
            world.outcome(world.start(reader(10)));

            assertThat(world.requests.get(1).messages().get(2).reasoning()).contains("I must read");
        }
    }

    @Test
    void conversation_thatCannotFit_failsWithAReason() {
        try (RunWorld world = world(RunWorld.inOrder(Answer.asks("read", "1"), Answer.text("ok")), 1_000)) {
            RunOutcome outcome = world.outcome(world.start(reader(50_000)));

            assertThat(outcome).isInstanceOf(RunOutcome.Failed.class);
            assertThat(outcome.explain()).contains("has room for", "larger context");
        }
    }

    @Test
    void result_thatIsTooLong_isCutAndSaysSo() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", file -> "\uD83D\uDE00".repeat(100)))
                .longestResult(51)
                .build();
        try (RunWorld world = world(RunWorld.inOrder(Answer.asks("read", "1"), Answer.text("ok")), 4_000)) {
            world.outcome(world.start(workflow));

            String shown = world.requests.get(1).messages().get(2).text();
            assertThat(shown).isEqualTo("\uD83D\uDE00".repeat(25) + "\n[cut: 200 characters in all]");
        }
    }

    @Test
    void compaction_ofAUser_isChecked() {
        Compaction wrong = request -> CompletableFuture.completedFuture(List.of(Compaction.Replacement.range(
                request.entries().get(1), request.entries().get(1), "parts a turn from its results")));
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("read", file -> "x".repeat(9_000)))
                .compaction(wrong)
                .build();
        try (RunWorld world = world(RunWorld.inOrder(Answer.asks("read", "1"), Answer.text("ok")), 4_000)) {
            RunOutcome outcome = world.outcome(world.start(workflow));

            assertThat(outcome.explain()).contains("stay together");
        }
    }

    // The view of a resumed run is the view of the run that was left
    @Test
    void resumed_showsWhatWasShown() {
        AtomicInteger file = new AtomicInteger();
        Function<ChatRequest, Answer> mind = request -> sized(
                request.functions().isEmpty()
                        ? Answer.text("summary")
                        : file.incrementAndGet() == 60 ? Answer.hangs() : Answer.asks("read", "" + file.get()),
                request);
        RunWorld first = world(mind, 3_000);
        Run run = first.start(reader(600));
        simulation.runUntil(() -> file.get() == 60);
        List<ChatMessage> shown = first.requests.get(first.requests.size() - 1).messages();
        first.crash();
        try (RunWorld second = world(request -> Answer.text("ok"), 3_000)) {
            second.outcome(second.runs.resume(second.session, reader(600), run.id()));

            assertThat(second.requests.get(0).messages().stream().map(ChatMessage::text))
                    .containsExactlyElementsOf(
                            shown.stream().map(ChatMessage::text).toList());
        }
    }

    private List<RunRecord> records(Run run) {
        return store.read(run.id()).toCompletableFuture().join().orElseThrow().records();
    }
}

package dev.exai.examples.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.Role;
import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.RunOutcome;
import dev.exai.run.Runs;
import dev.exai.run.store.RunStore;
import dev.exai.session.Session;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ProviderCall;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ready-made runs, with models that follow a script, in virtual time. */
class ReadyRunsTest {
    private static final List<String> MODELS = List.of("glm/glm-one", "kimi/kimi-one", "glm/glm-two");
    private static final Budget BUDGET = Budget.builder().calls(100).build();

    @TempDir
    Path root;

    private final Simulation simulation = Simulation.withSeed(6);
    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    private ScriptedProvider glm;
    private ScriptedProvider kimi;
    private Exai exai;
    private Runs runs;
    private Session session;
    private ReadyRuns ready;
    private Duration ended;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(root.resolve("Main.java"), "class Main {\n  int x = 1 / 0;\n}\n");
        glm = provider("glm", "glm-one", "glm-two");
        kimi = provider("kimi", "kimi-one");
        exai = Exai.builder(glm, kimi)
                .scheduler(simulation.scheduler())
                .executor(simulation.executor())
                .effectsExecutor(simulation.executor())
                .build();
        runs = exai.runs(RunStore.inMemory());
        session = exai.openSession("editor");
        ready = ReadyRuns.over(Folder.at(root), MODELS);
    }

    @AfterEach
    void close() {
        runs.close();
        exai.close();
        simulation.run();
        assertThat(exai.audit().problems()).isEmpty();
    }

    private ScriptedProvider provider(String name, String... models) {
        ScriptedProvider provider = ScriptedProvider.named(name, simulation.scheduler());
        for (String model : models) {
            provider.model(ModelInfo.builder(model)
                    .capabilities(ModelInfo.Capability.FUNCTIONS)
                    .build());
        }
        return provider;
    }

    private static Script asks(String name, String arguments) {
        return Script.after(Duration.ofSeconds(1))
                .functionCall("c", name, arguments)
                .complete();
    }

    private static Script says(String text) {
        return Script.after(Duration.ofSeconds(2)).chunk(text).complete();
    }

    private RunOutcome outcome(Run run) {
        simulation.runUntil(run::isDone);
        ended = simulation.now();
        simulation.run();
        return run.outcome().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "debug | Cause: 1 / 0 in Main.java:2. Fix: divide by something else",
                "analyze | One class",
                "codereview | Main.java:2 fails. Verdict: change",
                "secaudit | Nothing. Findings: 0 high, 0 medium, 0 low",
                "planner | 1. Mend line 2"
            })
    void run_readsTheFilesAndAnswers(String name, String answer) {
        glm.script(1, asks("list_files", "{}"))
                .script(2, asks("read_file", "{\"file\":\"Main.java\",\"from\":2,\"lines\":1}"))
                .script(3, says("no structure at all"))
                .script(4, 99, says(answer));
        Run run = ready.start(runs, session, name, "What is wrong?", BUDGET);
        run.addListener(new TerminalProgress(new PrintStream(terminal, true, StandardCharsets.UTF_8)));

        String done = outcome(run).answer().orElseThrow();

        assertThat(done).isEqualTo(name.equals("analyze") ? "no structure at all" : answer);
        List<ChatMessage> shown = messages(glm.calls().get(2).request());
        assertThat(shown.get(0).text()).isEqualTo("Main.java (32 bytes)\n");
        assertThat(shown.get(1).text()).contains("2:   int x = 1 / 0;");
        assertThat(terminal.toString(StandardCharsets.UTF_8))
                .contains(name + " step", "% ")
                .doesNotContain("1 / 0");
    }

    @Test
    void run_withoutAFolder_offersNoFunctionAndTellsTheModelSo() {
        glm.script(says("As far as the message shows: 1 / 0"));
        Run run = ReadyRuns.withoutFiles(MODELS).start(runs, session, "analyze", "int x = 1 / 0;", BUDGET);

        assertThat(outcome(run).answer()).contains("As far as the message shows: 1 / 0");
        ChatRequest asked = glm.calls().get(0).request();
        assertThat(asked.functions()).isEmpty();
        assertThat(asked.messages().get(0).text()).contains("You see no files").doesNotContain("list, read and search");
    }

    private static List<ChatMessage> messages(ChatRequest request) {
        return request.messages().stream()
                .filter(message -> message.role() == Role.FUNCTION)
                .toList();
    }

    @Test
    void file_outside_isToldToTheModel_andTheRunGoesOn() {
        glm.script(1, asks("read_file", "{\"file\":\"../etc/passwd\"}")).script(2, says("I may not read it"));
        Run run = ready.start(runs, session, "analyze", "Read it", BUDGET);

        assertThat(outcome(run).answer()).contains("I may not read it");
        assertThat(messages(glm.calls().get(1).request()).get(0).text())
                .isEqualTo("error: paths stay in the folder: ../etc/passwd has '..'");
    }

    // I1: each model of a consensus has a permit of its own, and they are asked at the same time
    @Test
    void consensus_asksAllModelsAtOnce_thenWeighs() {
        glm.script(ReadyRunsTest::weighs, says("Do it")).script(call -> !weighs(call), says("for"));
        kimi.script(says("against"));
        Run run = ready.start(runs, session, "consensus", "Shall we?", BUDGET);
        simulation.runUntil(() -> glm.inFlight() == 2 && kimi.inFlight() == 1);

        assertThat(outcome(run).answer()).contains("Do it");
        assertThat(ended).as("two rounds of two seconds").isLessThan(Duration.ofSeconds(5));
        String weighed = glm.calls().get(2).request().messages().get(1).text();
        assertThat(weighed).contains("Shall we?", "for", "against");
        assertThat(run.progress().calls()).isEqualTo(6);
    }

    private static boolean weighs(ProviderCall call) {
        return call.request().messages().get(0).text().startsWith("You weigh");
    }

    @Test
    void consensus_ofWhichOneModelFails_namesIt() {
        glm.script(says("Do it"));
        kimi.script(Script.after(Duration.ofSeconds(1)).fail(() -> Failures.quotaExhausted("kimi")));
        Run run = ready.start(runs, session, "consensus", "Shall we?", BUDGET);

        assertThat(outcome(run).answer().orElseThrow()).startsWith("Do it").contains("Not heard: kimi/kimi-one");
    }

    @Test
    void consensus_ofWhichAllFail_fails() {
        glm.script(Script.after(Duration.ofSeconds(1)).fail(() -> Failures.quotaExhausted("glm")));
        kimi.script(Script.after(Duration.ofSeconds(1)).fail(() -> Failures.quotaExhausted("kimi")));
        Run run = ready.start(runs, session, "consensus", "Shall we?", BUDGET);

        assertThat(outcome(run).explain()).contains("no model gave an opinion");
    }

    @Test
    void names_areKnown_andOthersRefused() {
        assertThat(ready.names()).containsExactly("debug", "analyze", "codereview", "secaudit", "planner", "consensus");
        assertThat(ready.names())
                .allSatisfy(name -> assertThat(ready.description(name)).isNotBlank());
        assertThatThrownBy(() -> ready.workflow("other")).hasMessageContaining("there are [debug");
    }
}

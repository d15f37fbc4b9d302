package dev.exai.examples.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.context.SystemScheduler;
import dev.exai.run.store.RunStore;
import dev.exai.spi.ModelInfo;
import dev.exai.store.jdbc.JdbcRunStore;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line over a real store, with a model that follows a script. */
@Timeout(60)
class WorkflowsMainTest {
    private static final Pattern ID = Pattern.compile("Run (\\S+)");

    @TempDir
    Path root;

    @TempDir
    Path elsewhere;

    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

    @BeforeEach
    void writeFiles() throws Exception {
        Files.writeString(root.resolve("Main.java"), "class Main {}\n");
    }

    /** One start of the program, as a process of its own would be. */
    private boolean start(Script script, String... command) throws Exception {
        String[] args = new String[command.length + 2];
        args[0] = root.toString();
        args[1] = elsewhere.resolve("runs.db").toString();
        System.arraycopy(command, 0, args, 2, command.length);
        assertThat(WorkflowsMain.isUsable(args)).isTrue();
        terminal.reset();
        try (SystemScheduler clock = SystemScheduler.create("test");
                ScriptedProvider provider = ScriptedProvider.named("glm", clock)
                        .model(ModelInfo.builder("glm-one")
                                .capabilities(ModelInfo.Capability.FUNCTIONS)
                                .build());
                RunStore store = JdbcRunStore.sqlite(Path.of(args[1]));
                Exai exai = Exai.builder(provider.script(script)).build()) {
            return WorkflowsMain.run(exai, store, args, new PrintStream(terminal, true, StandardCharsets.UTF_8));
        }
    }

    private String shown() {
        return terminal.toString(StandardCharsets.UTF_8);
    }

    @Test
    void start_thenList_theAnswerIsShownAndTheRunIsKept() throws Exception {
        boolean done = start(Script.chunk("One class").complete(), "start", "analyze", "5", "What", "is", "there?");

        assertThat(done).isTrue();
        assertThat(shown()).contains("One class", "ended: done");
        Matcher id = ID.matcher(shown());
        assertThat(id.find()).isTrue();
        assertThat(start(Script.hang(), "list")).isTrue();
        assertThat(shown()).contains(id.group(1) + " analyze DONE");
    }

    @Test
    void start_modelFails_isNoSuccess_andIsTakenUpLaterByItsId() throws Exception {
        boolean done = start(
                Script.after(Duration.ofMillis(1)).fail(() -> Failures.quotaExhausted("glm")),
                "start",
                "analyze",
                "5",
                "What?");

        assertThat(done).isFalse();
        Matcher id = ID.matcher(shown());
        assertThat(id.find()).isTrue();
        String run = id.group(1);
        assertThat(shown()).contains("ended: failed");

        assertThat(start(Script.chunk("One class").complete(), "resume", "analyze", run))
                .isTrue();
        assertThat(shown()).contains("Run " + run, "One class");
    }

    @Test
    void start_noSuchRun_saysWhichThereAre() {
        assertThatThrownBy(() -> start(Script.hang(), "start", "other", "5", "What?"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there are [debug");
    }

    @ParameterizedTest
    @CsvSource({
        "list, true", "list more, false",
        "resume analyze id, true", "resume analyze, false",
        "start analyze 5 What?, true", "start analyze 5, false",
        "start analyze soon What?, false", "start analyze 0 What?, false",
        "stop analyze 5 What?, false", "'', false",
    })
    void usable_whatTheUsageSays(String command, boolean expected) {
        String all = "folder store " + command;

        assertThat(WorkflowsMain.isUsable(all.strip().split(" "))).isEqualTo(expected);
    }
}

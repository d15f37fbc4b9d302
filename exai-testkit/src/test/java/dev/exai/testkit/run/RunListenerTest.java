package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.run.Budget;
import dev.exai.run.Evidence;
import dev.exai.run.Run;
import dev.exai.run.RunListener;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunProgress;
import dev.exai.run.RunRequest;
import dev.exai.run.Workflow;
import dev.exai.testkit.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a run tells while it goes on. */
class RunListenerTest {
    private final Simulation simulation = Simulation.withSeed(3);
    private final List<String> told = new ArrayList<>();
    private final List<RunProgress> progress = new ArrayList<>();

    private final RunListener listener = new RunListener() {
        @Override
        public void progress(RunProgress now) {
            progress.add(now);
        }

        @Override
        public void functionStarted(RunProgress now, String function) {
            told.add("started " + function);
        }

        @Override
        public void functionEnded(RunProgress now, String function, boolean failed) {
            told.add((failed ? "failed " : "ended ") + function);
        }

        @Override
        public void repeating(RunProgress now, Evidence evidence) {
            told.add("repeating " + evidence.rule());
        }

        @Override
        public void ended(RunProgress now, RunOutcome outcome) {
            told.add("end " + outcome);
            progress.add(now);
        }
    };

    private Run run(RunWorld world, Workflow workflow, Budget budget) {
        return world.runs.start(
                world.session, RunRequest.of(workflow, "go", budget).listener(listener));
    }

    @Test
    void events_comeInOrder_withTheEndOnceAndLast() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("f", arguments -> "same"))
                .function(RunWorld.function("g", arguments -> {
                    throw new IllegalStateException();
                }))
                .build();
        try (RunWorld world = new RunWorld(
                simulation,
                RunWorld.inOrder(
                        Answer.asks("f", "1"),
                        Answer.asks("f", "1"),
                        Answer.asks("f", "1"),
                        Answer.asks("g", "1"),
                        Answer.text("ok")))) {
            Run run = run(world, workflow, Budget.builder().calls(100).build());
            world.outcome(run);
            simulation.run();

            assertThat(told)
                    .containsExactly(
                            "started f",
                            "ended f",
                            "started f",
                            "ended f",
                            "started f",
                            "ended f",
                            "repeating SAME_CALLS",
                            "started g",
                            "failed g",
                            "end Done[2 chars]");
            RunListener late = listener;
            run.addListener(late);
            simulation.run();
            assertThat(told).last().isEqualTo("end Done[2 chars]");
            assertThat(told).hasSize(11);
        }
    }

    @Test
    void progress_onlyGrows_andNeverShowsContent() {
        Workflow workflow = Workflow.model("m")
                .function(RunWorld.function("f", arguments -> "secret result"))
                .build();
        try (RunWorld world = new RunWorld(
                simulation,
                RunWorld.inOrder(Answer.asks("f", "secret arguments"), Answer.asks("f", "2"), Answer.text("secret")))) {
            Run run = run(
                    world, workflow, Budget.builder().tokens(1_000).calls(50).build());
            world.outcome(run);
            simulation.run();

            RunProgress before = progress.get(0);
            for (RunProgress now : progress) {
                assertThat(now.step()).isGreaterThanOrEqualTo(before.step());
                assertThat(now.calls()).isGreaterThanOrEqualTo(before.calls());
                assertThat(now.tokens()).isGreaterThanOrEqualTo(before.tokens());
                assertThat(now.used()).isBetween(before.used(), 1.0);
                assertThat(now.toString()).doesNotContain("secret");
                before = now;
            }
            assertThat(before.tokens()).isEqualTo(300);
            assertThat(before.used()).isEqualTo(0.3);
            assertThat(run.explain() + run + run.outcome()).doesNotContain("secret");
            assertThat(run.explain()).contains("tokens=1000 calls=50", "300 tokens", "3 steps");
        }
    }

    // I10: a listener that throws harms nobody
    @Test
    void listener_thatThrows_isToldOn() {
        try (RunWorld world = new RunWorld(simulation, request -> Answer.text("ok"))) {
            Run run = world.runs.start(
                    world.session,
                    RunRequest.of(Workflow.model("m").build(), "go", Budget.unlimited())
                            .listener(new RunListener() {
                                @Override
                                public void progress(RunProgress now) {
                                    throw new IllegalStateException("mine");
                                }

                                @Override
                                public void ended(RunProgress now, RunOutcome outcome) {
                                    told.add("end");
                                }
                            }));
            world.outcome(run);
            simulation.run();

            assertThat(told).containsExactly("end");
        }
    }
}

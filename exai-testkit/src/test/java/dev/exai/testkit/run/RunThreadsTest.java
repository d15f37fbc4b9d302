package dev.exai.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.context.SystemScheduler;
import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.RunOutcome;
import dev.exai.run.Runs;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunStore;
import dev.exai.session.Session;
import dev.exai.spi.ModelInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs on real threads: many at once, some cancelled from elsewhere while they go on. */
class RunThreadsTest {
    private static final int RUNS = 24;
    private static final int TURNS = 12;

    // I1, I7, I9: each run ends once, those that were cancelled have no call left when cancel returns, and nothing is
    // held
    @Test
    void manyRuns_someCancelledFromElsewhere_leaveNothing() throws Exception {
        try (SystemScheduler timer = SystemScheduler.create("test-timer");
                Exai exai = Exai.builder(new ThinkingProvider(
                                "glm",
                                timer,
                                ModelInfo.builder("m")
                                        .capabilities(ModelInfo.Capability.FUNCTIONS)
                                        .build(),
                                request -> (request.messages().size() / 2 == TURNS
                                                ? Answer.text("done")
                                                : Answer.asks(
                                                        "work",
                                                        "" + request.messages().size()))
                                        .after(Duration.ofMillis(1))))
                        .build();
                Runs runs = exai.runs(RunStore.inMemory())) {
            Workflow workflow = Workflow.model("m")
                    .function(RunWorld.function("work", arguments -> "did " + arguments))
                    .build();
            List<Run> all = new ArrayList<>();
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                Session session = exai.openSession("s" + i);
                sessions.add(session);
                all.add(runs.start(session, workflow, "go", Budget.unlimited()));
            }
            for (int i = 0; i < RUNS; i += 3) {
                boolean cancelled = all.get(i).cancel("enough");
                assertThat(cancelled || all.get(i).isDone()).isTrue();
            }
            for (int i = 0; i < RUNS; i++) {
                RunOutcome outcome = all.get(i).toCompletableFuture().get(30, TimeUnit.SECONDS);
                if (i % 3 == 0) {
                    assertThat(outcome).isInstanceOfAny(RunOutcome.Cancelled.class, RunOutcome.Done.class);
                } else {
                    assertThat(outcome).isEqualTo(new RunOutcome.Done("done"));
                    assertThat(all.get(i).progress().step()).isEqualTo(TURNS + 1);
                }
                assertThat(all.get(i).await()).isSameAs(outcome);
            }
            sessions.forEach(Session::close);
            assertThat(exai.snapshot().isIdle()).isTrue();
            assertThat(exai.audit().problems()).isEmpty();
            assertThat(runs.live()).isEmpty();
        }
    }
}

package dev.exai.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.context.FakeScheduler;
import dev.exai.context.ProviderId;
import dev.exai.context.RunId;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.StoredRun;
import dev.exai.session.Session;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two threads at the beginning of a run: one begins it while another one closes what it belongs to. */
class LiveRunTest {
    private static final RunId ID = RunId.of("run-1");
    private static final Workflow PLAIN = Workflow.model("plain").build();

    private final FakeScheduler scheduler = new FakeScheduler();
    private final RunStore store = RunStore.inMemory();
    private final AtomicInteger asked = new AtomicInteger();
    private final Exai exai = Exai.builder(new Provider() {
                @Override
                public ProviderId id() {
                    return ProviderId.of("glm");
                }

                @Override
                public List<ModelInfo> catalog() {
                    return List.of(ModelInfo.builder("glm-1").build());
                }

                @Override
                public Exchange open(ProviderCall call, ReplySink sink) {
                    asked.incrementAndGet();
                    return sink::aborted;
                }
            })
            .scheduler(scheduler)
            .executor(Runnable::run)
            .effectsExecutor(Runnable::run)
            .build();
    private final Session session = exai.openSession("editor");
    private final Runs.Place place = new Runs.Place(
            store,
            RunSettings.defaults(),
            scheduler,
            new ModelFacts(exai.models()),
            CallOptions.defaults(),
            Runnable::run);

    @AfterEach
    void close() {
        exai.close();
    }

    private LiveRun entered() {
        LiveRun run = new LiveRun(place, session, PLAIN, ID, null);
        place.enter(run);
        return run;
    }

    private Optional<StoredRun> kept() {
        return store.read(ID).toCompletableFuture().join();
    }

    // enter <- close of the runs | start
    @Test
    void start_ofARunThatHasEnded_writesNothing() {
        LiveRun run = entered();
        place.close().forEach(each -> each.suspend("its runs were closed"));

        run.start("Do it", Budget.unlimited());

        assertThat(run.outcome()).contains(new RunOutcome.Suspended("its runs were closed"));
        assertThat(kept()).isEmpty();
        assertThat(asked).hasValue(0);
        assertThat(place.live()).isEmpty();
    }

    // enter <- close of the runs | resume
    @Test
    void resume_ofARunThatHasEnded_leavesTheRunToWhoeverHasIt() {
        LiveRun first = entered();
        first.start("Do it", Budget.unlimited());
        assertThat(asked).hasValue(1);
        LiveRun second = entered();
        second.suspend("its runs were closed");

        second.resume(null, List.of());

        assertThat(second.outcome()).contains(new RunOutcome.Suspended("its runs were closed"));
        assertThat(kept().orElseThrow().records()).extracting(RunRecord::kind).containsExactly(RunRecord.Kind.STARTED);
        assertThat(first.cancel("enough")).isTrue();
        assertThat(first.outcome()).contains(new RunOutcome.Cancelled("enough"));
    }
}

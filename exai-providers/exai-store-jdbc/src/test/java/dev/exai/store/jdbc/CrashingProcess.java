package dev.exai.store.jdbc;

import dev.exai.Exai;
import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import dev.exai.message.FunctionSpec;
import dev.exai.run.Budget;
import dev.exai.run.Decision;
import dev.exai.run.Run;
import dev.exai.run.RunFunction;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunRequest;
import dev.exai.run.Runs;
import dev.exai.run.Workflow;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.RunWrite;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskFilter;
import dev.exai.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that runs a workflow over a store and stands still at a point of choice, to be killed there; or takes the run up.
 *
 * <p>Arguments: the store ({@code sqlite:FILE} or a JDBC url), the file of effects, {@code start} or {@code resume}, and where to
 * stand still: {@code before N} or {@code after N} for the N-th write, {@code enter N} or {@code leave N} for the N-th function,
 * {@code never}. What a function does is a line in the file of effects, which survives the process.
 */
final class CrashingProcess {
    private final Path effects;
    private final String where;
    private final int number;
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger functions = new AtomicInteger();

    private CrashingProcess(Path effects, String where, int number) {
        this.effects = effects;
        this.where = where;
        this.number = number;
    }

    public static void main(String[] arguments) throws Exception {
        String location = arguments[0];
        CrashingProcess process = new CrashingProcess(
                Path.of(arguments[1]), arguments[3], arguments.length < 5 ? 0 : Integer.parseInt(arguments[4]));
        try (RunStore database = location.startsWith("sqlite:")
                        ? JdbcRunStore.sqlite(Path.of(location.substring("sqlite:".length())))
                        : JdbcRunStore.postgres(location, "exai", "");
                Exai exai = Exai.builder(new OrderModel()).build();
                Runs runs = exai.runs(process.new Watched(database));
                Session session = exai.openSession("child")) {
            process.run(runs, session, arguments[2].equals("resume"));
        }
    }

    private void run(Runs runs, Session session, boolean resume) throws Exception {
        RunId id = RunId.of("orders");
        if (!resume) {
            say("END "
                    + runs.start(
                                    session,
                                    RunRequest.of(workflow(), "pay", Budget.unlimited())
                                            .id(id))
                            .await()
                            .answer());
            return;
        }
        RunOutcome outcome = runs.resume(session, workflow(), id).await();
        if (outcome instanceof RunOutcome.Failed && outcome.explain().contains("has no run")) {
            outcome = runs.start(
                            session,
                            RunRequest.of(workflow(), "pay", Budget.unlimited()).id(id))
                    .await();
        }
        if (outcome instanceof RunOutcome.NeedsDecision needs) {
            List<String> done = Files.exists(effects) ? Files.readAllLines(effects) : List.of();
            Decision[] decisions = needs.doubts().stream()
                    .peek(doubt -> say("DOUBT " + doubt.function() + " " + doubt.arguments()))
                    .map(doubt -> done.contains(doubt.function() + " " + doubt.arguments())
                            ? Decision.happened(doubt, doubt.function() + " " + doubt.arguments())
                            : Decision.run(doubt))
                    .toArray(Decision[]::new);
            Run decided = runs.resume(session, workflow(), id, decisions);
            outcome = decided.await();
        }
        say("END " + outcome.answer().orElse(outcome.explain()));
    }

    private Workflow workflow() {
        return Workflow.model("orders")
                .function(function("order").idempotent())
                .function(function("pay"))
                .build();
    }

    private RunFunction function(String name) {
        return RunFunction.blocking(
                FunctionSpec.of(name, name, "{\"type\":\"object\",\"properties\":{}}"), (arguments, context) -> {
                    int mine = functions.incrementAndGet();
                    standStill("enter", mine);
                    Files.writeString(
                            effects,
                            name + " " + arguments + "\n",
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                    standStill("leave", mine);
                    return name + " " + arguments;
                });
    }

    private void standStill(String here, int count) {
        if (!here.equals(where) || count != number) {
            return;
        }
        say("STILL");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** The store, with a place to stand still before and after each write; what is acknowledged is said. */
    private final class Watched implements RunStore {
        private final RunStore store;

        Watched(RunStore store) {
            this.store = store;
        }

        @Override
        public CompletionStage<Void> write(RunWrite write) {
            int mine = writes.incrementAndGet();
            return CompletableFuture.runAsync(() -> standStill("before", mine))
                    .thenCompose(nothing -> store.write(write))
                    .thenAccept(nothing -> {
                        standStill("after", mine);
                        for (RunRecord record : write.records()) {
                            say("KEPT " + record.number());
                        }
                    });
        }

        @Override
        public CompletionStage<Optional<StoredRun>> claim(RunId id, long writer, SessionId owner) {
            return store.claim(id, writer, owner);
        }

        @Override
        public CompletionStage<Optional<StoredRun>> read(RunId id) {
            return store.read(id);
        }

        @Override
        public CompletionStage<List<RunTask>> tasks(TaskFilter filter) {
            return store.tasks(filter);
        }

        @Override
        public CompletionStage<Void> delete(RunId id) {
            return store.delete(id);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}

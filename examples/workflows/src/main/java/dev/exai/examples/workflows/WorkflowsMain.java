package dev.exai.examples.workflows;

import dev.exai.Exai;
import dev.exai.context.RunId;
import dev.exai.run.Budget;
import dev.exai.run.Run;
import dev.exai.run.RunOutcome;
import dev.exai.run.Runs;
import dev.exai.run.store.RunStore;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.TaskFilter;
import dev.exai.session.Session;
import dev.exai.store.jdbc.JdbcRunStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs one of the ready-made runs on the command line, with the keys of the environment. What it does is kept in a file; a run
 * that was interrupted is taken up by its id.
 *
 * <pre>
 * WorkflowsMain FOLDER STORE start NAME MINUTES TEXT...
 * WorkflowsMain FOLDER STORE resume NAME ID
 * WorkflowsMain FOLDER STORE list
 * </pre>
 */
public final class WorkflowsMain {
    private static final String USAGE =
            "FOLDER STORE start NAME MINUTES TEXT... | FOLDER STORE resume NAME ID | FOLDER STORE list";

    private WorkflowsMain() {}

    /**
     * Runs one.
     *
     * @param args see above
     * @throws Exception if the folder or the store cannot be opened
     */
    public static void main(String[] args) throws Exception {
        System.exit(main(args, System.getenv()));
    }

    private static int main(String[] args, Map<String, String> environment) throws IOException, InterruptedException {
        if (!isUsable(args)) {
            System.err.println(USAGE);
            return 2;
        }
        try (Exai exai = Exai.fromEnvironment(environment).build();
                RunStore store = JdbcRunStore.sqlite(Path.of(args[1]))) {
            return run(exai, store, args, System.out) ? 0 : 1;
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            System.err.println(wrong.getMessage());
            return 2;
        }
    }

    static boolean isUsable(String[] args) {
        return args.length >= 3
                && switch (args[2]) {
                    case "list" -> args.length == 3;
                    case "resume" -> args.length == 5;
                    case "start" -> args.length >= 6 && args[4].matches("[1-9]\\d{0,5}");
                    default -> false;
                };
    }

    static boolean run(Exai exai, RunStore store, String[] args, PrintStream out)
            throws IOException, InterruptedException {
        ReadyRuns ready = ReadyRuns.over(Folder.at(Path.of(args[0])), List.of("auto"));
        try (Runs runs = exai.runs(store);
                Session session = exai.openSession("terminal")) {
            if (args[2].equals("list")) {
                for (RunTask task : runs.tasks(TaskFilter.all()).join()) {
                    out.println(task.id() + " " + task.name() + " " + task.state());
                }
                return true;
            }
            Run run = args[2].equals("resume")
                    ? ready.resume(runs, session, args[3], RunId.of(args[4]))
                    : ready.start(
                            runs,
                            session,
                            args[3],
                            String.join(" ", List.of(args).subList(5, args.length)),
                            Budget.builder()
                                    .time(Duration.ofMinutes(Long.parseLong(args[4])))
                                    .build());
            out.println("Run " + run.id());
            run.addListener(new TerminalProgress(out));
            RunOutcome outcome = run.await();
            out.println();
            outcome.answer().ifPresent(out::println);
            out.println(run.explain());
            return outcome instanceof RunOutcome.Done;
        }
    }
}

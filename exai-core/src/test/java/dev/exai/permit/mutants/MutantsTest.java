package dev.exai.permit.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.permit.mutants.MutantProcess.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The tests of the pool are worth something: take any one rule out of it, and one of them fails. Which one is in
 * docs/mutants.md; that one is tried first, and if it does not fail any more, all of them.
 */
@Tag("ci")
class MutantsTest {
    /** To accept a new page: {@code -Dexai.golden.update=true}, then look at the difference. */
    private static final boolean UPDATE = Boolean.getBoolean("exai.golden.update");

    private static final String ONLY = System.getProperty("exai.mutant", "");
    private static final int PROCESSES = 2;

    private final Map<Mutant, Verdict> verdicts = new ConcurrentHashMap<>();

    @Test
    void mutants_each_isKilled() throws Exception {
        String committed = MutantsPage.committed();
        Queue<Mutant> queue = new ConcurrentLinkedQueue<>(List.of(Workshop.UNCHANGED));
        Mutants.all()
                .filter(mutant -> ONLY.isEmpty() || mutant.name().equals(ONLY))
                .forEach(queue::add);
        assertThat(queue).as("a mutant of this name").hasSizeGreaterThan(1);

        judgeAll(queue, MutantsPage.killers(committed));

        Verdict unchanged = verdicts.remove(Workshop.UNCHANGED);
        assertThat(unchanged.trouble()).as("the pool as it is").startsWith("survived");
        String found = MutantsPage.of(
                mutant -> verdicts.containsKey(mutant) ? verdicts.get(mutant).killedBy() : "not tried");
        Files.writeString(Files.createDirectories(Workshop.TARGET).resolve("mutants.md"), found);
        if (UPDATE && ONLY.isEmpty()) {
            Files.writeString(Workshop.PAGE, found);
            committed = found;
        }
        assertThat(troubles())
                .as("mutants that nothing fails on, or that are none")
                .isEmpty();
        if (ONLY.isEmpty()) {
            assertThat(found)
                    .as("docs/mutants.md; this run's page is in exai-core/target/mutants")
                    .isEqualTo(committed);
        }
    }

    /** In a few words each, so that a log that is cut short still names them. */
    private List<String> troubles() {
        return verdicts.entrySet().stream()
                .filter(verdict -> !verdict.getValue().trouble().isEmpty())
                .map(verdict -> verdict.getKey() + " " + verdict.getValue().trouble() + " (to break the rule that "
                        + verdict.getKey().rule() + ")")
                .sorted()
                .toList();
    }

    private void judgeAll(Queue<Mutant> queue, Map<String, String> killers) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(PROCESSES);
        try {
            List<Future<Void>> judges = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                String name = "process-" + i;
                Callable<Void> judge = () -> judge(name, queue, killers);
                judges.add(threads.submit(judge));
            }
            for (Future<Void> judge : judges) {
                judge.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Void judge(String name, Queue<Mutant> queue, Map<String, String> killers)
            throws IOException, InterruptedException {
        try (MutantProcess process = new MutantProcess(name);
                MutantCompiler compiler = new MutantCompiler()) {
            for (Mutant mutant = queue.poll(); mutant != null; mutant = queue.poll()) {
                Verdict verdict;
                try {
                    verdict = process.judge(compiler.compile(mutant), killers.getOrDefault(mutant.name(), ""));
                } catch (IllegalStateException e) { // it cannot be made: the others are judged all the same
                    verdict = new Verdict("", e.toString());
                }
                verdicts.put(mutant, verdict);
                System.out.println("mutant " + mutant + ": "
                        + (verdict.isKilled() ? "killed by " + verdict.killedBy() : verdict.trouble()));
            }
        }
        return null;
    }
}

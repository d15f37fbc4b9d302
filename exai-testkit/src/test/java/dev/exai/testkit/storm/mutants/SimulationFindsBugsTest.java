package dev.exai.testkit.storm.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.testkit.storm.mutants.Storms.Found;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The simulation is worth something: take any one rule out of the library, and it finds that something is wrong. One bug
 * alone: {@code -Dexai.bug=permit-is-kept}.
 */
class SimulationFindsBugsTest {
    private static final boolean UPDATE = Boolean.getBoolean("exai.golden.update");
    private static final String ONLY = System.getProperty("exai.bug", "");
    private static final int THREADS = 2;

    private final Map<Bug, Found> found = new ConcurrentHashMap<>();
    private final Map<Bug, String> troubles = new ConcurrentHashMap<>();

    @Test
    void edits_eachFindsItsRuleOnce_andThePageListsThem() {
        String page = Repository.read(Repository.PAGE);

        assertThat(Bugs.all()).hasSizeGreaterThanOrEqualTo(20).allSatisfy(bug -> {
            String source = Repository.source(bug.file());
            assertThat(bug.applyTo(source)).isNotEqualTo(source);
            assertThat(page).contains("| " + bug.room() + " | " + bug.name() + " | " + bug.rule() + " | ");
        });
        assertThat(Bugs.all().map(Bug::name)).doesNotHaveDuplicates();
        assertThat(Bugs.all().map(Bug::room)).contains("session", "call", "model", "attempt", "permit");
    }

    @Tag("ci")
    @Test
    @Timeout(600)
    void unchanged_compiledFromItsSources_passesAllStorms() throws Exception {
        try (BugCompiler compiler = new BugCompiler()) {
            assertThat(Storms.over(compiler.compile(Repository.allSources()))).isEmpty();
        }
    }

    @Tag("ci")
    @Test
    @Timeout(900)
    void bugs_each_isFoundByTheStorms() throws Exception {
        Queue<Bug> queue = new ConcurrentLinkedQueue<>();
        Bugs.all().filter(bug -> ONLY.isEmpty() || bug.name().equals(ONLY)).forEach(queue::add);
        assertThat(queue).as("a bug of this name").isNotEmpty();

        findAll(queue);

        assertThat(troubles).isEmpty();
        if (!ONLY.isEmpty()) {
            return;
        }
        String page = BugsPage.of(found);
        Files.createDirectories(Repository.TARGET.getParent());
        Files.writeString(Repository.TARGET, page);
        if (UPDATE) {
            Files.writeString(Repository.PAGE, page);
        }
        assertThat(page)
                .as("docs/simulation-bugs.md; this run's page is in exai-testkit/target")
                .isEqualTo(Repository.read(Repository.PAGE));
    }

    private void findAll(Queue<Bug> queue) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Callable<Void> search = () -> search(queue);
                all.add(threads.submit(search));
            }
            for (Future<Void> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Void search(Queue<Bug> queue) throws Exception {
        try (BugCompiler compiler = new BugCompiler()) {
            for (Bug bug = queue.poll(); bug != null; bug = queue.poll()) {
                try {
                    String edited = bug.applyTo(Repository.source(bug.file()));
                    Optional<Found> how = Storms.over(compiler.compile(Map.of(bug.file(), edited)));
                    if (how.isPresent()) {
                        found.put(bug, how.get());
                    } else {
                        troubles.put(bug, "not found: " + bug.rule());
                    }
                } catch (IllegalStateException wrong) { // it cannot be made: the others are looked for all the same
                    troubles.put(bug, wrong.toString());
                }
                System.out.println("bug " + bug + ": " + (found.containsKey(bug) ? found.get(bug) : troubles.get(bug)));
            }
        }
        return null;
    }
}

package dev.exai.testkit.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.testkit.time.TraceDiff;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten minutes of five agents go as they went when the trace in the repository was saved, on every JDK and machine. Only
 * what happens is compared, not the tasks that make it happen. To accept another course of things:
 * {@code -Dexai.golden.update=true}, then look at the difference.
 */
@Timeout(60)
class GoldenTraceTest {
    private static final boolean UPDATE = Boolean.getBoolean("exai.golden.update");
    private static final Path GOLDEN = Path.of("src/test/resources/traces/five-agents.trace");

    @Test
    void tenMinutesOfFiveAgents_goAsTheyWent() throws Exception {
        List<String> now =
                story(2026).stream().filter(line -> !line.matches(".* #\\d+")).toList();

        if (UPDATE) {
            Files.createDirectories(GOLDEN.getParent());
            Files.write(GOLDEN, now);
        }
        assertThat(now).hasSizeGreaterThan(300);
        assertThat(TraceDiff.ofLines(Files.readAllLines(GOLDEN), now)).isEmpty();
    }

    @Test
    void otherSeed_goesOtherwise() throws Exception {
        assertThat(TraceDiff.ofLines(story(2026), story(2026))).isEmpty();
        assertThat(TraceDiff.ofLines(story(2026), story(2027))).isPresent();
    }

    @Test
    void anHourOfFiveAgents_takesNoRealTime() {
        new Story(1).play(Duration.ofMinutes(1)); // so that the classes are there
        long begun = System.nanoTime();
        Story story = new Story(2).playAnHour();
        Duration real = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(story.simulation.now()).isGreaterThanOrEqualTo(Duration.ofHours(1));
        assertThat(story.calls()).isGreaterThan(1_000);
        System.out.println("an hour of five sessions, " + story.calls() + " calls: " + real.toMillis() + " ms");
        assertThat(real).isLessThan(Duration.ofSeconds(20)); // of a machine that is busy
    }

    private static List<String> story(long seed) {
        return new Story(seed).play(Duration.ofMinutes(10)).simulation.trace();
    }
}

package dev.exai.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.scenario.ProviderStorm.Sickness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("ci")
@Timeout(300)
@DisplayName("R1 I12: 200 sessions while a provider is sick make it no worse, and the other provider does not notice")
class ProviderStormTest {
    /** To accept a new table: {@code -Dexai.golden.update=true}, then look at the difference. */
    private static final boolean UPDATE = Boolean.getBoolean("exai.golden.update");

    private static final String GOLDEN = "scenario/storms.txt";

    private static void check(ProviderStorm storm, ProviderStorm calm) {
        assertThat(storm.extraLoad()).as("retries by calls: %s", storm.row()).isLessThanOrEqualTo(0.25);
        assertThat(storm.load()).as("load: %s", storm.row()).isLessThanOrEqualTo(1.25);
        assertThat(storm.firstGoodAfter())
                .as("well again: %s", storm.row())
                .isLessThanOrEqualTo(Duration.ofSeconds(65));
        assertThat(storm.lastBadAfter())
                .as("nobody fails any more: %s", storm.row())
                .isLessThanOrEqualTo(Duration.ofSeconds(130));
        assertThat(storm.otherP95Seconds())
                .as("the other provider: %s", storm.row())
                .isLessThanOrEqualTo(calm.otherP95Seconds() * 1.02);
    }

    @Test
    void storms_eachSickness_asInTheGoldenTable() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("100 sessions ask a provider that is sick for 5 minutes, 100 another one; seed 1");
        lines.add("");
        ProviderStorm calm = ProviderStorm.play(1, Sickness.NONE);
        for (Sickness sickness : Sickness.values()) {
            ProviderStorm storm = ProviderStorm.play(1, sickness);
            lines.add(storm.row());
            check(storm, calm);
        }
        String table = String.join("\n", lines) + "\n";

        if (UPDATE) {
            Files.createDirectories(Path.of("src/test/resources", GOLDEN).getParent());
            Files.writeString(Path.of("src/test/resources", GOLDEN), table);
        }
        assertThat(table).isEqualTo(golden());
    }

    private static String golden() throws IOException {
        if (UPDATE) {
            return Files.readString(Path.of("src/test/resources", GOLDEN));
        }
        try (var in = ProviderStormTest.class.getClassLoader().getResourceAsStream(GOLDEN)) {
            assertThat(in).as("resource %s", GOLDEN).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @Tag("deep")
    void storms_otherSeeds_keepTheBounds() {
        for (long seed = 2; seed <= 6; seed++) {
            ProviderStorm calm = ProviderStorm.play(seed, Sickness.NONE);
            for (Sickness sickness : Sickness.values()) {
                check(ProviderStorm.play(seed, sickness), calm);
            }
        }
    }
}

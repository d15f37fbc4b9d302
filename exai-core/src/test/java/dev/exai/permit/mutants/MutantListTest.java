package dev.exai.permit.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The list of mutants fits the sources as they are now, and the page lists them; MutantsTest kills them. */
class MutantListTest {
    @Test
    void edits_eachFindsItsRuleOnce_andChangesIt() {
        assertThat(Mutants.all()).allSatisfy(mutant -> {
            Map<String, String> sources = mutant.sources(Workshop::source);
            assertThat(sources).isNotEmpty();
            sources.forEach((file, changed) -> assertThat(changed).isNotEqualTo(Workshop.source(file)));
        });
    }

    @Test
    void names_areUnique() {
        assertThat(Mutants.all().map(Mutant::name)).doesNotHaveDuplicates().hasSizeGreaterThan(30);
    }

    @Test
    void page_committed_listsThem() throws Exception {
        String committed = MutantsPage.committed();
        Map<String, String> killers = MutantsPage.killers(committed);

        assertThat(killers).hasSize((int) Mutants.all().count());
        assertThat(MutantsPage.of(mutant -> killers.getOrDefault(mutant.name(), "")))
                .isEqualTo(committed);
    }

    @Test
    void edit_textNotThereOrThereTwice_isRefused() {
        Mutant.Edit edit = new Mutant.Edit("X", "if (a) { b(); }", "");

        assertThat(edit.applyTo("x;\nif (a) {\n    b();\n}\ny;")).isEqualTo("x;\n\ny;");
        assertThatIllegalStateException()
                .isThrownBy(() -> edit.applyTo("if (a) { c(); }"))
                .withMessageContaining("not found in X");
        assertThatIllegalStateException()
                .isThrownBy(() -> edit.applyTo("if (a) { b(); } if (a) { b(); }"))
                .withMessageContaining("more than once in X");
    }
}

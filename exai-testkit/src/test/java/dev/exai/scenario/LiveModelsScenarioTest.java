package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.GLM;
import static dev.exai.scenario.Rig.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.ChatCall;
import dev.exai.context.ProviderId;
import dev.exai.model.CatalogChanges;
import dev.exai.session.Session;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("I13 live lists of models are read in the background, never on a call's path")
class LiveModelsScenarioTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Simulation sim = Simulation.withSeed(1);
    private final Listing glm = new Listing(ScriptedProvider.named("glm", sim.scheduler()));
    private Exai exai = build(CatalogChanges.none());

    private Exai build(CatalogChanges changes) {
        return Exai.builder(glm)
                .scheduler(sim.scheduler())
                .executor(sim.executor())
                .effectsExecutor(sim.executor())
                .models(changes)
                .refreshModels(HOUR)
                .build();
    }

    private void rebuild(CatalogChanges changes) {
        exai.close();
        sim.run();
        glm.askings.clear();
        exai = build(changes);
    }

    @AfterEach
    void nothingIsLeft() {
        exai.close();
        sim.run();
        assertThat(sim.pendingTasks()).as("%s", sim.pending()).isZero();
        assertThat(glm.askings).allMatch(CompletableFuture::isDone);
    }

    @Test
    @DisplayName("a list that never comes delays no call, is given up, and is asked for again")
    void list_hangs_noCallWaits() {
        glm.scripted.script(Script.after(Duration.ofMillis(100)).chunk("ok").complete());
        sim.runFor(seconds(1));
        assertThat(glm.askings).hasSize(1);
        Session session = exai.openSession("s");

        Duration before = sim.now();
        for (int i = 0; i < 10; i++) {
            for (ChatCall call : List.of(session.chat(ASK_AUTO), session.chat(ASK_GLM))) {
                sim.runUntil(call::isDone);
            }
        }

        assertThat(sim.now().minus(before)).isLessThanOrEqualTo(Duration.ofMillis(1_000));
        assertThat(glm.askings.get(0)).isNotDone();
        sim.runFor(seconds(30));
        assertThat(glm.askings.get(0)).as("given up after its limit").isCancelled();
        sim.runFor(HOUR);
        assertThat(glm.askings).hasSize(2);
    }

    @Test
    void list_saysMore_isKnownFromThenOn() {
        assertThat(exai.models().catalog().find("glm-fast").model().can(Capability.WEB_SEARCH))
                .isFalse();
        sim.runFor(seconds(1));

        glm.answer(
                changed("glm-fast", Capability.WEB_SEARCH),
                ModelInfo.builder("glm-new").build());
        sim.runFor(seconds(1));

        assertThat(exai.models().catalog().find("glm-fast").model().can(Capability.WEB_SEARCH))
                .isTrue();
        assertThat(exai.models().catalog().find("glm-new").model().isKnown()).isTrue();
        assertThat(exai.models().catalog().models(GLM))
                .extracting(ModelInfo::id)
                .startsWith(ids(glm.catalog()))
                .endsWith("glm-new");
    }

    @Test
    @DisplayName("answers that were made of the older list serve until they are made anew")
    void list_saysMore_answersServeOn() {
        glm.scripted.script(Script.chunk("ok").complete());
        sim.runFor(seconds(1));
        Session session = exai.openSession("s");
        ChatCall first = session.chat(ASK_AUTO);
        sim.runUntil(first::isDone);
        glm.answer(changed("glm-fast", Capability.WEB_SEARCH));
        sim.runFor(seconds(1));
        long misses = exai.models().statistics().misses();

        ChatCall second = session.chat(ASK_AUTO);
        sim.runUntil(second::isDone);
        sim.runFor(seconds(1));

        assertThat(exai.models().statistics().misses()).as("nobody waited").isEqualTo(misses);
        assertThat(exai.models().loads())
                .as("it was made anew behind that call")
                .isEqualTo(2);
    }

    @Test
    void list_fails_whatIsKnownStaysAndItIsAskedAgainInAnHour() {
        sim.runFor(seconds(1));
        List<ModelInfo> before = exai.models().catalog().models(GLM);

        glm.askings.get(0).completeExceptionally(new IllegalStateException("no list today"));
        sim.runFor(seconds(1));
        assertThat(exai.models().catalog().models(GLM)).isEqualTo(before);
        assertThat(glm.askings).hasSize(1);

        glm.throwsNow = true;
        sim.runFor(HOUR);
        glm.throwsNow = false;
        sim.runFor(HOUR);
        assertThat(glm.askings).hasSize(2);
        glm.answer(changed("glm-fast", Capability.WEB_SEARCH));
        sim.runFor(seconds(1));
        assertThat(exai.models().catalog().find("glm-fast").model().can(Capability.WEB_SEARCH))
                .isTrue();
    }

    @Test
    void list_sameAgain_changesNothing() {
        sim.runFor(seconds(1));
        glm.answer(changed("glm-fast", Capability.WEB_SEARCH));
        sim.runFor(HOUR);
        var catalog = exai.models().catalog();

        glm.answer(changed("glm-fast", Capability.WEB_SEARCH));
        sim.runFor(seconds(1));

        assertThat(exai.models().catalog()).isSameAs(catalog);
    }

    @Test
    @DisplayName("what a user said of a model has the last word, at the start and later")
    void list_modelThatAUserChangedOrHid_staysAsItIs() {
        rebuild(CatalogChanges.builder()
                .change("glm", "glm-standard", model -> model.contextWindow(1_000))
                .hide("glm", "glm-fast")
                .build());
        sim.runFor(seconds(1));

        glm.answer(changed("glm-standard", Capability.WEB_SEARCH), changed("glm-fast", Capability.WEB_SEARCH));
        sim.runFor(seconds(1));

        assertThat(exai.models().catalog().models(GLM)).singleElement().satisfies(model -> {
            assertThat(model.contextWindow()).isEqualTo(1_000);
            assertThat(model.can(Capability.WEB_SEARCH)).isFalse();
        });
    }

    @Test
    void list_modelThatAUserChangedWhileItRan_staysAsItIs() {
        sim.runFor(seconds(1));
        glm.answer(changed("glm-fast", Capability.WEB_SEARCH));
        sim.runFor(seconds(1));
        CatalogChanges mine = CatalogChanges.builder()
                .change("glm", "glm-fast", model -> model.contextWindow(2_000))
                .build();
        exai.models().replaceCatalog(exai.models().catalog().with(mine));
        sim.runFor(HOUR);

        glm.answer(changed("glm-fast", Capability.VISION));
        sim.runFor(seconds(1));

        ModelInfo fast = exai.models().catalog().find("glm-fast").model();
        assertThat(fast.contextWindow()).isEqualTo(2_000);
        assertThat(fast.can(Capability.VISION)).isFalse();
        assertThat(fast.can(Capability.WEB_SEARCH)).isTrue();
    }

    @Test
    void close_whileAListIsAwaited_givesItUp() {
        sim.runFor(seconds(1));

        exai.close();
        sim.run();

        assertThat(glm.askings).hasSize(1);
        assertThat(glm.askings.get(0)).isCancelled();
    }

    @Test
    void refreshModels_notSet_nobodyIsAsked() {
        exai.close();
        glm.askings.clear();
        Exai quiet = Exai.builder(glm)
                .scheduler(sim.scheduler())
                .executor(sim.executor())
                .effectsExecutor(sim.executor())
                .build();

        sim.runFor(HOUR);
        quiet.close();

        assertThat(glm.askings).isEmpty();
        assertThatThrownBy(() -> Exai.builder(glm).refreshModels(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private ModelInfo changed(String id, Capability more) {
        ModelInfo model = glm.catalog().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
        List<Capability> all = new ArrayList<>(model.capabilities());
        all.add(more);
        return model.toBuilder().capabilities(all.toArray(Capability[]::new)).build();
    }

    private static String[] ids(List<ModelInfo> models) {
        return models.stream().map(ModelInfo::id).toArray(String[]::new);
    }

    /** A provider that can be asked for its models; the test answers. */
    private static final class Listing implements Provider {
        private final ScriptedProvider scripted;
        private final List<CompletableFuture<List<ModelInfo>>> askings = new ArrayList<>();
        private boolean throwsNow;

        Listing(ScriptedProvider scripted) {
            this.scripted = scripted;
        }

        /** Answers the last asking: these, and all else as it was. */
        void answer(ModelInfo... changed) {
            List<ModelInfo> all = new ArrayList<>(catalog());
            for (ModelInfo each : changed) {
                int at = List.of(ids(all)).indexOf(each.id());
                if (at < 0) {
                    all.add(each);
                } else {
                    all.set(at, each);
                }
            }
            askings.get(askings.size() - 1).complete(all);
        }

        @Override
        public CompletableFuture<List<ModelInfo>> currentModels(Duration limit) {
            if (throwsNow) {
                throw new IllegalStateException("not now");
            }
            CompletableFuture<List<ModelInfo>> asking = new CompletableFuture<>();
            askings.add(asking);
            return asking;
        }

        @Override
        public ProviderId id() {
            return scripted.id();
        }

        @Override
        public List<ModelInfo> catalog() {
            return scripted.catalog();
        }

        @Override
        public Exchange open(ProviderCall call, ReplySink sink) {
            return scripted.open(call, sink);
        }
    }
}

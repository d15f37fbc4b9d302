package dev.exai.scenario;

import static dev.exai.scenario.Rig.ASK_AUTO;
import static dev.exai.scenario.Rig.ASK_GLM;
import static dev.exai.scenario.Rig.seconds;
import static dev.exai.scenario.Rig.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.InternalErrorException;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionSpec;
import dev.exai.model.ModelCatalog;
import dev.exai.model.ModelRequest;
import dev.exai.model.ModelSelector;
import dev.exai.model.Route;
import dev.exai.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("I13 resolution is off the hot path")
class ResolverScenarioTest {
    private static final ChatRequest ASK_AUTO_WITH_FUNCTIONS = ChatRequest.builder("hello")
            .functions(List.of(FunctionSpec.of("f", "does something", "{}")))
            .build();

    /** Answers when told to. */
    private static final class Told implements ModelSelector {
        final List<CompletableFuture<List<Route>>> asked = new ArrayList<>();
        ModelCatalog catalog = ModelCatalog.of(List.of());

        @Override
        public CompletionStage<List<Route>> select(ModelRequest query, ModelCatalog known) {
            catalog = known;
            asked.add(new CompletableFuture<>());
            return asked.get(asked.size() - 1);
        }

        void answer(int number, String model) {
            asked.get(number - 1).complete(List.of(catalog.find(model)));
        }

        void fail(int number) {
            asked.get(number - 1).completeExceptionally(new IllegalStateException("the service is down"));
        }
    }

    private final Told told = new Told();
    private final Rig rig = new Rig(7, builder -> builder.modelSelector(told));
    private final Session session = rig.exai.openSession("s");

    @Test
    void auto_manyAtOnce_oneLoad() {
        List<ChatCall> calls = new ArrayList<>();
        for (int s = 0; s < 10; s++) {
            Session other = rig.exai.openSession("s" + s);
            for (int i = 0; i < 100; i++) {
                calls.add(other.chat(ASK_AUTO));
            }
        }
        rig.sim.runFor(seconds(1));
        assertThat(told.asked).hasSize(1);
        assertThat(rig.exai.snapshot().isIdle()).as("resolving holds no permit").isTrue();

        told.answer(1, "kimi-fast");
        calls.forEach(call -> assertThat(rig.text(call)).isEqualTo("ok"));

        assertThat(rig.exai.models().loads()).isEqualTo(1);
        assertThat(rig.kimi.completed()).isEqualTo(1_000);
        rig.assertSettled();
    }

    @Test
    void auto_cached_costsNoLoadUntilItIsStale() {
        firstAnswer("kimi-fast");

        assertThat(rig.text(session.chat(ASK_AUTO))).isEqualTo("ok");
        assertThat(told.asked).hasSize(1);
        rig.sim.runFor(Duration.ofMinutes(6));
        session.chat(ASK_AUTO);
        rig.sim.runFor(seconds(1));

        assertThat(told.asked).hasSize(2);
    }

    @Test
    void auto_loadFails_lastGoodServesAndNobodyAsksForAWhile() {
        firstAnswer("kimi-fast");
        rig.sim.runFor(Duration.ofMinutes(6));

        ChatCall stale = session.chat(ASK_AUTO);
        rig.sim.runFor(seconds(1));
        told.fail(2);
        assertThat(rig.text(stale)).isEqualTo("ok");
        for (int i = 0; i < 200; i++) {
            assertThat(rig.text(session.chat(ASK_AUTO))).isEqualTo("ok");
            rig.sim.runFor(Duration.ofMillis(1));
            if (rig.sim.now().compareTo(Duration.ofMinutes(6).plus(seconds(9))) > 0) {
                break;
            }
        }
        assertThat(told.asked).as("no storm").hasSize(2);

        rig.sim.runFor(seconds(11));
        session.chat(ASK_AUTO);
        rig.sim.runFor(seconds(1));
        assertThat(told.asked).as("asked again later").hasSize(3);
    }

    @Test
    void auto_neverAnyGood_failsAtOnceInTheBackOff() {
        ChatCall first = session.chat(ASK_AUTO);
        rig.sim.runFor(seconds(1));
        told.fail(1);
        assertThat(rig.failure(first)).isInstanceOf(InternalErrorException.class);

        ChatCall second = session.chat(ASK_AUTO);
        assertThat(second.state()).isEqualTo(CallState.FAILED);
        assertThat(rig.failure(second).callId()).contains(second.id().value());
        assertThat(rig.failure(first).callId()).contains(first.id().value());
        assertThat(told.asked).hasSize(1);
    }

    @Test
    void auto_eachWaiter_hasItsOwnDeadline() {
        ChatCall shorter = session.chat(ASK_AUTO, within(5));
        ChatCall cancelled = session.chat(ASK_AUTO, within(20));
        ChatCall longer = session.chat(ASK_AUTO, within(20));

        assertThat(rig.failure(shorter)).isInstanceOf(DeadlineExceededException.class);
        assertThat(rig.sim.now()).isEqualTo(seconds(5));
        cancelled.cancel("enough");
        rig.sim.runFor(seconds(5));
        assertThat(longer.state()).isEqualTo(CallState.RESOLVING);
        told.answer(1, "kimi-fast");

        assertThat(rig.text(longer)).isEqualTo("ok");
        assertThat(told.asked).hasSize(1);
        rig.assertSettled();
    }

    @Test
    void explicit_whileALoadHangs_doesNotWait() {
        session.chat(ASK_AUTO, within(20));
        rig.sim.runFor(seconds(1));

        ChatCall call = session.chat(ASK_GLM);

        assertThat(rig.text(call)).isEqualTo("ok");
        assertThat(rig.sim.now()).isEqualTo(Duration.ofMillis(1_100));
    }

    @Test
    void auto_anotherKeyHangs_aHitDoesNotWait() {
        firstAnswer("kimi-fast");
        session.chat(ASK_AUTO_WITH_FUNCTIONS, within(20));
        rig.sim.runFor(seconds(1));
        assertThat(told.asked).hasSize(2);
        Duration before = rig.sim.now();

        assertThat(rig.text(session.chat(ASK_AUTO))).isEqualTo("ok");

        assertThat(rig.sim.now().minus(before)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    @DisplayName("I13: a load that never answers is given up; then the last good serves again")
    void auto_loadHangs_lastGoodServesAfterItsLimit() {
        firstAnswer("kimi-fast");
        rig.sim.runFor(Duration.ofMinutes(6));
        Duration before = rig.sim.now();

        ChatCall call = session.chat(ASK_AUTO, within(60));

        assertThat(rig.text(call)).isEqualTo("ok");
        assertThat(rig.sim.now().minus(before)).isLessThanOrEqualTo(seconds(31));
        told.answer(2, "glm-fast"); // too late
        assertThat(rig.text(session.chat(ASK_AUTO))).isEqualTo("ok");
        assertThat(rig.glm.calls()).isEmpty();
        rig.assertSettled();
    }

    private void firstAnswer(String model) {
        ChatCall first = session.chat(ASK_AUTO);
        rig.sim.runFor(Duration.ofMillis(1));
        told.answer(1, model);
        assertThat(rig.text(first)).isEqualTo("ok");
    }
}

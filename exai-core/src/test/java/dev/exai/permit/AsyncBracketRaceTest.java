package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.permit.Desk.Asker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("I5, I7, I9: a bracket that is cancelled at whatever step leaves neither permit nor work behind")
@Timeout(60)
class AsyncBracketRaceTest {
    /** A bracket that waits for the one unit, and what its body began. */
    private static final class Scene {
        final Desk desk;
        final Asker holder;
        final List<CompletableFuture<String>> works = new ArrayList<>();
        final CompletableFuture<String> bracket;
        final List<Integer> inUseAtItsEnd = new ArrayList<>();

        Scene(RaceSweep sweep) {
            desk = Desk.of(Desk.limits().provider("glm", 1), builder -> builder.probe(sweep));
            holder = desk.ask("a", "glm");
            bracket = desk.pool.callAsync(Desk.path("b", "glm"), desk.context("b"), () -> {
                CompletableFuture<String> work = new CompletableFuture<>();
                works.add(work);
                return work;
            });
            bracket.whenComplete((value, failure) -> inUseAtItsEnd.add(desk.inUseBy("b")));
        }

        void cancel() {
            bracket.cancel(true);
        }

        void assertOver() {
            assertThat(bracket).isDone();
            assertThat(works).hasSizeLessThan(2).allMatch(CompletableFuture::isDone);
            assertThat(inUseAtItsEnd)
                    .as("its permit is back before its end is seen")
                    .containsExactly(0);
            assertThat(desk.pool.snapshot().isIdle()).isTrue();
            assertThat(desk.pool.audit().problems()).isEmpty();
        }
    }

    @Test // callAsync <- grant | cancel
    void cancel_atEachStepOfTheGrant_workIsCancelledOrNeverBegins() {
        sweep(scene -> scene.holder.close(), Scene::cancel, scene -> {
            assertThat(scene.bracket).isCancelled();
            assertThat(scene.works).allMatch(CompletableFuture::isCancelled);
        });
    }

    @Test // callAsync <- end of the work | cancel
    void cancel_atEachStepOfTheEnd_endsOnce() {
        sweep(
                scene -> {
                    scene.holder.close();
                    scene.works.forEach(work -> work.complete("done"));
                },
                Scene::cancel,
                scene -> assertThat(scene.bracket.isCancelled() || "done".equals(scene.bracket.join()))
                        .isTrue());
    }

    /** Something that is done to a scene, or must be true of it. */
    private interface Act {
        void on(Scene scene);
    }

    private static void sweep(Act first, Act second, Act check) {
        assertThat(sweepOneWay(first, second, check)).isGreaterThan(20);
        sweepOneWay(second, first, check);
    }

    private static int sweepOneWay(Act first, Act second, Act check) {
        int rounds = 0;
        boolean cameIn = true;
        for (int step = 0; cameIn; step++) {
            boolean rested = true;
            for (int rest = 0; cameIn && rested; rest++) {
                RaceSweep sweep = new RaceSweep(step, rest, new RaceStamps());
                Scene scene = new Scene(sweep);
                sweep.run(() -> first.on(scene), () -> second.on(scene), List.of(), false);
                try {
                    check.on(scene);
                    scene.assertOver();
                } catch (AssertionError e) {
                    throw new AssertionError(sweep.where(), e);
                }
                cameIn = sweep.cameIn();
                rested = sweep.rested();
                rounds++;
            }
        }
        return rounds;
    }
}

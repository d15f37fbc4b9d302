package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.exai.context.CallContext;
import dev.exai.permit.Desk.Asker;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("what a grant costs, in comparisons: it does not grow with those who wait, but by their logarithm")
class GrantCostTest {
    @ParameterizedTest
    @CsvSource({"8, 1", "128, 1", "2048, 1", "8, 8", "2048, 8"})
    void grant_sessionsBacklogged_comparesALogarithm(int sessions, int units) {
        Desk desk = Desk.of(Desk.limits().provider("glm", units).maxQueued(100_000));
        List<List<Asker>> rounds = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            List<Asker> askers = new ArrayList<>();
            for (int session = 0; session < sessions; session++) {
                askers.add(desk.ask("s" + session, "glm"));
            }
            rounds.add(askers);
        }
        List<Asker> all = rounds.stream().flatMap(List::stream).toList();

        int grants = 2 * sessions;
        long before = desk.pool.comparisons();
        for (int i = 0; i < grants; i++) {
            Asker holder = all.stream().skip(i).filter(Asker::holds).findFirst().orElseThrow();
            holder.close();
        }
        double perGrant = (desk.pool.comparisons() - before) / (double) grants;

        assertThat(perGrant).isLessThanOrEqualTo(12 + 8 * Math.log(sessions) / Math.log(2));
    }

    @Test
    void acquire_nobodyWaits_comparesNothing() {
        Desk desk = Desk.glm(3);
        for (int i = 0; i < 100; i++) {
            desk.ask("a", "glm").close();
        }
        assertThat(desk.pool.comparisons()).isZero();
    }

    @Test // the request, its handle, the permit and the reference that finds it dropped, and what the code around them
    // needs
    void acquire_nobodyWaits_allocatesLittle() {
        Desk desk = Desk.glm(1);
        PermitPool pool =
                PermitPool.builder(PermitLimits.forDevelopment(), desk.clock).build();
        PermitPath path = Desk.path("a", "glm");
        CallContext context = desk.context("a");
        pool.openSession(context.sessionId(), 1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long perPermit = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                pool.tryAcquire(path, context).orElseThrow().close();
            }
            perPermit = Math.min(perPermit, (threads.getCurrentThreadAllocatedBytes() - before) / 2_000);
        }

        assertThat(perPermit).isLessThanOrEqualTo(320);
    }
}

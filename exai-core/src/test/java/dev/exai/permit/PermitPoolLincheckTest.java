package dev.exai.permit;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.FakeScheduler;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.Optional;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lincheck tries the interleavings of a few operations, and looks for an order of them that explains what they saw. */
@DisplayName("I1, I5: the forms that do not wait are linearizable")
@Tag("ci")
public class PermitPoolLincheckTest {
    private final FakeScheduler clock = new FakeScheduler();
    private final PermitPool pool = PermitPool.builder(
                    PermitLimits.builder()
                            .provider("glm", 1)
                            .global(2)
                            .session(1)
                            .newcomerUnit(false)
                            .build(),
                    clock)
            .build();

    /** Each thread has a permit of its own, and may close it more than once. */
    private final Permit[] permits = new Permit[8];

    @Operation
    public boolean tryAcquire(@Param(gen = ThreadIdGen.class) int thread) {
        SessionId session = SessionId.of("s" + thread);
        CallContext context = CallContext.create(session, "x", Deadline.after(Duration.ofHours(1), clock));
        Optional<Permit> permit = pool.tryAcquire(Desk.path("s" + thread, "glm"), context);
        permit.ifPresent(held -> permits[thread] = held);
        return permit.isPresent();
    }

    @Operation
    public boolean close(@Param(gen = ThreadIdGen.class) int thread) {
        Permit permit = permits[thread];
        if (permit == null) {
            return false;
        }
        permit.close();
        return permit.isHeld();
    }

    @Operation
    public int inUse() {
        return pool.snapshot().global().inUse();
    }

    @Test
    void tryAcquireAndClose_underModelChecking_areLinearizable() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(1)
                .iterations(5)
                .invocationsPerIteration(50)
                .check(PermitPoolLincheckTest.class);
    }

    @Test
    void tryAcquireAndClose_underStress_areLinearizable() {
        new StressOptions()
                .threads(3)
                .actorsPerThread(3)
                .iterations(10)
                .invocationsPerIteration(1_000)
                .check(PermitPoolLincheckTest.class);
    }
}

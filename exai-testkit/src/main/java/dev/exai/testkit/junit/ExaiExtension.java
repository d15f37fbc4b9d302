package dev.exai.testkit.junit;

import dev.exai.testkit.LeakCheck;
import dev.exai.testkit.SimulatedExai;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.time.ManualScheduler;
import dev.exai.testkit.time.Simulation;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives tests a {@link Simulation}, a {@link SimulatedExai} with the providers glm and kimi, a {@link ManualScheduler}, a
 * {@link LeakCheck} or a {@link FakeProviderServer}, the same one to a test and to its {@code @BeforeEach} methods, and
 * fails a test that leaves something over.
 *
 * <p>At the end of a test, what can run at the present virtual moment is run; then nothing may be left: of what the leak
 * check watches, at the simulated library, no task of virtual time, no exchange or connection at a fake server, and no
 * thread of the library. Each thing is named with its owner, and with where it was asked for or where it is now. If the test
 * fails, the seed of its simulation is reported, to be given back as the system property {@code exai.seed} or
 * as {@link ExaiTest#seed}.
 */
public final class ExaiExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(ExaiExtension.class);
    private static final Set<Class<?>> GIVEN = Set.of(
            Simulation.class, SimulatedExai.class, ManualScheduler.class, LeakCheck.class, FakeProviderServer.class);

    /** Creates the extension; JUnit does. */
    public ExaiExtension() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(TestState.class, new TestState(settingsOf(context)));
    }

    private static Optional<ExaiTest> settingsOf(ExtensionContext context) {
        Optional<ExaiTest> found = AnnotationSupport.findAnnotation(context.getElement(), ExaiTest.class);
        for (Optional<ExtensionContext> up = context.getParent(); found.isEmpty() && up.isPresent(); ) {
            found = AnnotationSupport.findAnnotation(up.get().getElement(), ExaiTest.class);
            up = up.get().getParent();
        }
        return found;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestState state = context.getStore(NAMESPACE).remove(TestState.class, TestState.class);
        if (state == null) {
            return;
        }
        Optional<Throwable> failure = context.getExecutionException();
        failure.ifPresent(thrown -> state.seed().ifPresent(seed -> report(context, thrown, seed)));
        try {
            state.finish();
        } catch (AssertionError left) {
            state.seed().ifPresent(seed -> report(context, left, seed));
            throw left;
        }
    }

    private static void report(ExtensionContext context, Throwable failure, long seed) {
        context.publishReportEntry(TestState.SEED, Long.toString(seed));
        failure.addSuppressed(new SeedNote(seed));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return GIVEN.contains(type) && parameter.getDeclaringExecutable() instanceof Method;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TestState state = context.getStore(NAMESPACE).get(TestState.class, TestState.class);
        if (state == null) {
            throw new ParameterResolutionException("given to tests and @BeforeEach methods only: " + parameter);
        }
        Class<?> type = parameter.getParameter().getType();
        if (type == Simulation.class) {
            return state.simulation();
        } else if (type == SimulatedExai.class) {
            return state.simulated();
        } else if (type == ManualScheduler.class) {
            return state.clock();
        } else if (type == LeakCheck.class) {
            return state.leaks();
        }
        Fake fake = parameter
                .findAnnotation(Fake.class)
                .orElseThrow(() -> new ParameterResolutionException("@Fake must say which server: " + parameter));
        return state.server(fake);
    }

    /** Stands in the report of a failure, without a stack of its own. */
    private static final class SeedNote extends Exception {
        private static final long serialVersionUID = 1L;

        SeedNote(long seed) {
            super(
                    "run it again with -D" + TestState.SEED + "=" + seed + " or @ExaiTest(seed = " + seed + "L)",
                    null,
                    false,
                    false);
        }
    }
}

package dev.exai.permit.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs tests one by one, up to the first that fails. */
final class Suite {
    /** A test that failed, and with what. */
    record Failure(String test, Throwable thrown) {}

    private final Launcher launcher = LauncherFactory.create();
    private final Consumer<String> progress;

    /** Runs tests, and says before each which it is. */
    Suite(Consumer<String> progress) {
        this.progress = progress;
    }

    /** {@return the first failure in the tests of a class, or in that one of them which is named} */
    Optional<Failure> run(Class<?> tests, Optional<String> method) {
        TestPlan plan = launcher.discover(request(selectClass(tests)));
        List<TestIdentifier> found = new ArrayList<>();
        plan.getRoots().forEach(root -> collect(plan, root, found));
        for (TestIdentifier test : found) {
            if (method.isEmpty() || method.get().equals(methodOf(test))) {
                String name = tests.getSimpleName() + "." + methodOf(test);
                progress.accept(name);
                if (run(test, name).isPresent()) {
                    Optional<Failure> again = run(test, name); // once may be the machine's fault
                    if (again.isPresent()) {
                        return again;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Failure> run(TestIdentifier test, String name) {
        List<Failure> failures = new ArrayList<>();
        launcher.execute(request(selectUniqueId(test.getUniqueIdObject())), new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier any, TestExecutionResult result) {
                if (result.getStatus() == Status.FAILED) {
                    failures.add(new Failure(
                            name,
                            result.getThrowable().orElseGet(() -> new AssertionError("failed without a reason"))));
                }
            }
        });
        return failures.stream().findFirst();
    }

    private static void collect(TestPlan plan, TestIdentifier from, List<TestIdentifier> found) {
        if (from.getSource().filter(MethodSource.class::isInstance).isPresent()) {
            found.add(from);
        } else {
            plan.getChildren(from).forEach(child -> collect(plan, child, found));
        }
    }

    private static String methodOf(TestIdentifier test) {
        return test.getSource().map(MethodSource.class::cast).orElseThrow().getMethodName();
    }

    private static LauncherDiscoveryRequest request(DiscoverySelector selector) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(selector)
                .filters(TagFilter.excludeTags("ci", "deep", "services"))
                .configurationParameter("jqwik.database", "") // what one mutant fails is nothing to the next
                .configurationParameter("jqwik.shrinking.default", "OFF")
                .configurationParameter("jqwik.reporting.onlyfailures", "true")
                .build();
    }
}

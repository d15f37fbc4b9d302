package dev.exai.testkit.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Measures what {@link ExaiExtension} adds to an empty test: run {@link #main} with the test class path. */
final class ExtensionCost {
    private static final int TESTS = 2_000;
    private static final int WINDOWS = 21;

    private ExtensionCost() {}

    static class Without {
        @RepeatedTest(TESTS)
        void empty() {}
    }

    @ExtendWith(ExaiExtension.class)
    static class With {
        @RepeatedTest(TESTS)
        void empty() {}
    }

    /** Runs both in turns, and prints the medians of microseconds a test. */
    public static void main(String[] args) {
        Launcher launcher = LauncherFactory.create(LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .build());
        double[] without = new double[WINDOWS];
        double[] with = new double[WINDOWS];
        for (int i = 0; i < WINDOWS; i++) {
            without[i] = microsPerTest(launcher, Without.class);
            with[i] = microsPerTest(launcher, With.class);
        }
        Arrays.sort(without);
        Arrays.sort(with);
        System.out.printf(
                "an empty test: %.1f us, with the extension %.1f us (medians of %d runs of %d tests; quartiles %.1f..%.1f, %.1f..%.1f)%n",
                without[WINDOWS / 2],
                with[WINDOWS / 2],
                WINDOWS,
                TESTS,
                without[WINDOWS / 4],
                without[WINDOWS * 3 / 4],
                with[WINDOWS / 4],
                with[WINDOWS * 3 / 4]);
    }

    private static double microsPerTest(Launcher launcher, Class<?> tests) {
        long start = System.nanoTime();
        launcher.execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .build());
        return (System.nanoTime() - start) / 1e3 / TESTS;
    }
}

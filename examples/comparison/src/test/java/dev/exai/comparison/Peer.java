package dev.exai.comparison;

import dev.exai.testkit.contract.LimiterFactory;
import dev.exai.testkit.contract.LimiterFeature;
import dev.exai.testkit.contract.LimiterSpec;
import dev.exai.testkit.contract.LimiterUnderTest;
import java.util.Set;
import java.util.function.Function;

/** A limiter of the comparison: its name and version, what it offers, and how it is made. */
record Peer(String name, String version, Set<LimiterFeature> features, Function<LimiterSpec, LimiterUnderTest> make)
        implements LimiterFactory {
    @Override
    public LimiterUnderTest create(LimiterSpec spec) {
        return make.apply(spec);
    }
}

package dev.exai.examples.custom;

import dev.exai.testkit.contract.provider.ProviderFeature;
import dev.exai.testkit.contract.provider.ProviderFixture;
import dev.exai.testkit.contract.provider.Upstream;
import java.util.EnumSet;
import java.util.Set;

/** Puts {@link LineProvider} before the conformance suite. */
final class LineFixture implements ProviderFixture {
    @Override
    public String name() {
        return "lines";
    }

    @Override
    public Set<ProviderFeature> features() {
        return EnumSet.of(ProviderFeature.USAGE, ProviderFeature.RETRY_AFTER);
    }

    @Override
    public Upstream start() {
        return new LineServer();
    }
}

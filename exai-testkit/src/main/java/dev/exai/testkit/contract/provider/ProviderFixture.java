package dev.exai.testkit.contract.provider;

import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.WireFormat;
import java.net.URI;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Puts a provider before {@link ProviderContract}: with an upstream that answers as it is told. Safe for use by many
 * threads.
 *
 * <p>A provider that speaks like GLM, Kimi or OpenAI needs {@link #overHttp} only. Any other brings its own upstream, be
 * it a server on a loopback socket or an object in the same process.
 */
public interface ProviderFixture {
    /** {@return what the provider is called in reports} */
    String name();

    /** {@return what the provider offers} */
    Set<ProviderFeature> features();

    /** {@return a new upstream, which nobody has asked anything yet} */
    Upstream start();

    /**
     * {@return the fixture of a provider that speaks one of the wire formats that the testkit's fake server speaks, and
     * offers all features}
     *
     * @param format what it speaks
     * @param factory makes a provider from a base URL, with the path up to the version, and a key
     */
    static ProviderFixture overHttp(WireFormat format, BiFunction<URI, ApiKey, ? extends Provider> factory) {
        return overHttp(format, EnumSet.allOf(ProviderFeature.class), factory);
    }

    /**
     * {@return the fixture of a provider that speaks one of the wire formats that the testkit's fake server speaks}
     *
     * @param format what it speaks
     * @param features what it offers
     * @param factory makes a provider from a base URL, with the path up to the version, and a key
     */
    static ProviderFixture overHttp(
            WireFormat format, Set<ProviderFeature> features, BiFunction<URI, ApiKey, ? extends Provider> factory) {
        return new HttpFixture(
                "a provider that speaks " + format,
                features,
                () -> FakeProviderServer.start(format, 0),
                (server, url, key) -> factory.apply(url, key));
    }

    /**
     * {@return the fixture of a provider before fake servers that are made as told, for example with TLS or HTTP/2}
     *
     * @param name what the provider is called in reports
     * @param features what it offers
     * @param server makes a server
     * @param client makes a provider
     */
    static ProviderFixture overServer(
            String name, Set<ProviderFeature> features, Supplier<FakeProviderServer> server, Client client) {
        return new HttpFixture(name, features, server, client);
    }

    /** Makes providers that talk to a fake server. */
    @FunctionalInterface
    interface Client {
        /**
         * {@return a provider}
         *
         * @param server the server, for its certificate
         * @param url whom to talk to: the server, or an address where it is not
         * @param key the key
         */
        Provider connect(FakeProviderServer server, URI url, ApiKey key);
    }
}

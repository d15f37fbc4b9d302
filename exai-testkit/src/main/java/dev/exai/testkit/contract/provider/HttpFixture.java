package dev.exai.testkit.contract.provider;

import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.RecordedRequest;
import dev.exai.testkit.http.WireFormat;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** A provider before the testkit's own fake server. */
final class HttpFixture implements ProviderFixture {
    private final WireFormat format;
    private final Set<ProviderFeature> features;
    private final BiFunction<URI, ApiKey, ? extends Provider> factory;

    HttpFixture(WireFormat format, Set<ProviderFeature> features, BiFunction<URI, ApiKey, ? extends Provider> factory) {
        this.format = Objects.requireNonNull(format, "format");
        this.features = Set.copyOf(features);
        this.factory = Objects.requireNonNull(factory, "factory");
    }

    @Override
    public String name() {
        return "a provider that speaks " + format;
    }

    @Override
    public Set<ProviderFeature> features() {
        return features;
    }

    @Override
    public Upstream start() {
        return new Server(FakeProviderServer.start(format, 0));
    }

    private final class Server implements Upstream {
        private final FakeProviderServer server;

        Server(FakeProviderServer server) {
            this.server = server;
        }

        @Override
        public Provider connect(String key) {
            return factory.apply(server.baseUrl(), ApiKey.of(key));
        }

        @Override
        public Optional<Provider> connectTo(InetSocketAddress address, String key) {
            URI other = URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort()
                    + server.baseUrl().getPath());
            return Optional.of(factory.apply(other, ApiKey.of(key)));
        }

        @Override
        public void answer(String prompt, UpstreamAnswer answer) {
            server.script(request -> request.promptText().equals(prompt), HttpAnswers.script(answer));
        }

        @Override
        public List<String> requests() {
            return server.requests().stream()
                    .filter(request -> request.number() > 0)
                    .map(RecordedRequest::body)
                    .toList();
        }

        @Override
        public int inFlight() {
            return server.inFlight();
        }

        @Override
        public void close() {
            server.close();
        }
    }
}

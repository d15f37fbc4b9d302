package dev.exai.testkit.contract.provider;

import dev.exai.spi.ApiKey;
import dev.exai.spi.Provider;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.RecordedRequest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A provider before the testkit's own fake server. */
final class HttpFixture implements ProviderFixture {
    private final String name;
    private final Set<ProviderFeature> features;
    private final Supplier<FakeProviderServer> servers;
    private final Client client;

    HttpFixture(String name, Set<ProviderFeature> features, Supplier<FakeProviderServer> servers, Client client) {
        this.name = Objects.requireNonNull(name, "name");
        this.features = Set.copyOf(features);
        this.servers = Objects.requireNonNull(servers, "servers");
        this.client = Objects.requireNonNull(client, "client");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<ProviderFeature> features() {
        return features;
    }

    @Override
    public Upstream start() {
        return new Server(servers.get());
    }

    private final class Server implements Upstream {
        private final FakeProviderServer server;

        Server(FakeProviderServer server) {
            this.server = server;
        }

        @Override
        public Provider connect(String key) {
            return client.connect(server, server.baseUrl(), ApiKey.of(key));
        }

        @Override
        public Optional<Provider> connectTo(InetSocketAddress address, String key) {
            URI other = URI.create(
                    server.baseUrl().getScheme() + "://" + address.getAddress().getHostAddress() + ":"
                            + address.getPort() + server.baseUrl().getPath());
            return Optional.of(client.connect(server, other, ApiKey.of(key)));
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

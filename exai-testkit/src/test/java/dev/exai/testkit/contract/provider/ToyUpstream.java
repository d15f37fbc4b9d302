package dev.exai.testkit.contract.provider;

import dev.exai.spi.Provider;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The upstream of {@link ToyProvider}, in the same process. */
final class ToyUpstream implements Upstream {
    final List<String> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger inFlight = new AtomicInteger();
    private final Map<String, UpstreamAnswer> answers = new ConcurrentHashMap<>();
    private final Set<Bug> bugs;

    private ToyUpstream(Set<Bug> bugs) {
        this.bugs = bugs;
    }

    static ProviderFixture fixture(Bug... bugs) {
        Set<Bug> set = EnumSet.noneOf(Bug.class);
        set.addAll(List.of(bugs));
        return new ProviderFixture() {
            @Override
            public String name() {
                return "toy " + set;
            }

            @Override
            public Set<ProviderFeature> features() {
                return EnumSet.allOf(ProviderFeature.class);
            }

            @Override
            public Upstream start() {
                return new ToyUpstream(set);
            }
        };
    }

    @Override
    public Provider connect(String key) {
        return new ToyProvider(this, null, key, bugs);
    }

    @Override
    public Optional<Provider> connectTo(InetSocketAddress address, String key) {
        return Optional.of(new ToyProvider(this, address, key, bugs));
    }

    @Override
    public void answer(String prompt, UpstreamAnswer answer) {
        answers.put(prompt, answer);
    }

    UpstreamAnswer answerTo(String prompt) {
        return answers.getOrDefault(prompt, UpstreamAnswer.whole("ok"));
    }

    @Override
    public List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public void close() {}
}

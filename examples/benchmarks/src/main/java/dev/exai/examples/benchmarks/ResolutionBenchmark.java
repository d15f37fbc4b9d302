package dev.exai.examples.benchmarks;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.SystemScheduler;
import dev.exai.message.ChatRequest;
import dev.exai.model.ModelCatalog;
import dev.exai.model.ModelRequest;
import dev.exai.model.ModelRequest.Preference;
import dev.exai.model.ModelResolver;
import dev.exai.model.ModelSelector;
import dev.exai.model.Resolution;
import dev.exai.model.Route;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelInfo.Tier;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What "auto" costs on the way of a call: a choice that is cached, beside a map whose key is a record of the same parts, and
 * beside Guava's cache with that key, a bound and an age, which is what the parts of ours would come to without it; and the
 * selection that fills the cache, over 64 models. No key that is looked for is the same object as the one that is kept.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ResolutionBenchmark {
    private static final int KEYS = 16;
    private static final int MODELS = 64;

    /** The parts of a request as a plain record, whose hash is made on each look-up. */
    private record Key(String name, Set<Capability> needs, Preference preference, int minimumContext) {}

    private final ConcurrentMap<Key, Resolution> map = new ConcurrentHashMap<>();
    private final Cache<Key, Resolution> guava = CacheBuilder.newBuilder()
            .maximumSize(1_000)
            .expireAfterWrite(Duration.ofMinutes(5))
            .build();
    private final Key[] keys = new Key[KEYS];
    private final ModelRequest[] requests = new ModelRequest[KEYS];
    private int next;
    private SystemScheduler scheduler;
    private ModelCatalog catalog;
    private ModelResolver resolver;
    private Deadline deadline;

    /** Fills all three caches with the same. */
    @Setup
    public void setUp() {
        scheduler = SystemScheduler.create("benchmark");
        deadline = Deadline.after(Duration.ofMinutes(20), scheduler);
        catalog = ModelCatalog.of(List.of(provider("glm", MODELS / 2), provider("kimi", MODELS / 2)));
        resolver = ModelResolver.caching(catalog, ModelSelector.standard(), scheduler, Runnable::run, Runnable::run);
        for (int i = 0; i < KEYS; i++) {
            Resolution chosen = resolver.resolve(request(i), deadline).join();
            map.put(key(i), chosen);
            guava.put(key(i), chosen);
            keys[i] = key(i);
            requests[i] = request(i);
        }
    }

    private static Key key(int number) {
        return new Key(
                new String("auto"), // not the same object
                Set.of(Capability.FUNCTIONS, Capability.THINKING),
                Preference.BALANCED,
                number * 1_000);
    }

    private static ModelRequest request(int number) {
        return ModelRequest.named(new String(ChatRequest.AUTO)) // not the same object
                .needs(Capability.FUNCTIONS, Capability.THINKING)
                .minimumContext(number * 1_000)
                .build();
    }

    private static Provider provider(String name, int count) {
        List<ModelInfo> models = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            models.add(ModelInfo.builder(name + "-" + i)
                    .tier(Tier.values()[i % 3])
                    .capabilities(Capability.FUNCTIONS, Capability.THINKING)
                    .contextWindow(64_000 + i * 1_000)
                    .build());
        }
        return new Provider() {
            @Override
            public ProviderId id() {
                return ProviderId.of(name);
            }

            @Override
            public List<ModelInfo> catalog() {
                return List.copyOf(models);
            }

            @Override
            public Exchange open(ProviderCall call, ReplySink sink) {
                throw new IllegalStateException("nothing is asked here");
            }
        };
    }

    /** Ends the timer. */
    @TearDown
    public void tearDown() {
        scheduler.close();
    }

    private int turn() {
        next = (next + 1) % KEYS;
        return next;
    }

    /** {@return a value of the map} */
    @Benchmark
    public Object mapWithRecordKey() {
        return map.get(keys[turn()]);
    }

    /** {@return a value of Guava's cache} */
    @Benchmark
    public Object guavaCacheWithRecordKey() {
        return guava.getIfPresent(keys[turn()]);
    }

    /** {@return a choice that is cached} */
    @Benchmark
    public Object cachedChoice() {
        return resolver.resolve(requests[turn()], deadline);
    }

    /** {@return a choice that is made} */
    @Benchmark
    public List<Route> selection() {
        return ModelSelector.standard()
                .select(requests[0], catalog)
                .toCompletableFuture()
                .join();
    }
}

package dev.exai.testkit.storm;

import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.spi.ProviderCall;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The exchanges in flight at all watched providers: opened, not over, and not aborted. */
final class Exchanges {
    private final Findings findings;
    private final Supplier<Bounds> bounds;
    private final Predicate<CallId> hasEnded;
    private final Scheduler clock;
    private final Map<CallId, WatchedExchange> byCall = new HashMap<>();
    private final Set<ProviderId> watched = new HashSet<>();
    private int aborted;

    /** How many callbacks of providers are on the stack. */
    private int depth;

    Exchanges(Findings findings, Supplier<Bounds> bounds, Predicate<CallId> hasEnded, Scheduler clock) {
        this.findings = findings;
        this.bounds = bounds;
        this.hasEnded = hasEnded;
        this.clock = clock;
    }

    Findings findings() {
        return findings;
    }

    long now() {
        return clock.nanoTime();
    }

    void watch(ProviderId provider) {
        watched.add(provider);
    }

    /** {@return whether what is opened at a provider is seen here} */
    boolean watches(ProviderId provider) {
        return watched.contains(provider);
    }

    int open() {
        return byCall.size();
    }

    @Nullable
    WatchedExchange of(CallId call) {
        return byCall.get(call);
    }

    /** {@return how many were aborted and are not over} */
    int zombies() {
        return aborted;
    }

    void countZombie(int more) {
        aborted += more;
    }

    boolean isInCallback() {
        return depth > 0;
    }

    void inCallback(Runnable callback) {
        depth++;
        try {
            callback.run();
        } finally {
            depth--;
        }
    }

    void opened(WatchedProvider provider, WatchedExchange exchange) {
        ProviderCall call = exchange.call();
        CallId id = WatchedProvider.callOf(call);
        if (hasEnded.test(id)) {
            findings.broken("I7", id, "it opens an exchange after its end");
        }
        if (call.context().deadline().remainingNanos() <= 0) {
            findings.broken("I8", id, "it opens an exchange after its deadline");
        }
        if (byCall.put(id, exchange) != null) {
            findings.broken("I2", id, "it opens an exchange beside another one");
        }
        Bounds limits = bounds.get();
        ProviderId at = provider.id();
        String model = call.model().id();
        int ofModel = provider.count(model, 1);
        checkLimit(id, at, provider.open(), limits.provider(at));
        checkLimit(id, model, ofModel, limits.model(at, model));
        checkLimit(id, "the pool", byCall.size(), limits.global());
    }

    private void checkLimit(CallId id, Object where, int open, int limit) {
        if (open > limit) {
            findings.broken("I1", id, "its exchange is number " + open + " of " + limit + " of " + where);
        }
    }

    void left(WatchedProvider provider, WatchedExchange exchange) {
        provider.count(exchange.call().model().id(), -1);
        byCall.remove(WatchedProvider.callOf(exchange.call()), exchange);
    }
}

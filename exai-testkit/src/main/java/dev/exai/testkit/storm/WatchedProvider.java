package dev.exai.testkit.storm;

import dev.exai.context.CallId;
import dev.exai.context.ProviderId;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stands before a provider and sees, at the very moment, what is opened there, aborted, and over. */
final class WatchedProvider implements Provider {
    private final Provider inner;
    private final Exchanges exchanges;
    private final Map<String, Integer> openByModel = new HashMap<>();
    private int open;

    WatchedProvider(Provider inner, Exchanges exchanges) {
        this.inner = inner;
        this.exchanges = exchanges;
    }

    @Override
    public ProviderId id() {
        return inner.id();
    }

    @Override
    public List<ModelInfo> catalog() {
        return inner.catalog();
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        WatchedExchange exchange = new WatchedExchange(this, exchanges, call, sink);
        exchanges.opened(this, exchange);
        try {
            exchange.isAt(inner.open(call, exchange));
        } catch (RuntimeException | Error refused) {
            exchange.leave();
            throw refused;
        }
        return exchange;
    }

    /** Counts an exchange as in flight here, or as not any more. */
    int count(String model, int units) {
        open += units;
        return openByModel.merge(model, units, Integer::sum);
    }

    int open() {
        return open;
    }

    @Override
    public void close() {
        inner.close();
    }

    @Override
    public String toString() {
        return inner.toString();
    }

    /** {@return the call of an exchange} */
    static CallId callOf(ProviderCall call) {
        return call.context().callId();
    }
}

package dev.exai.examples.custom;

import dev.exai.context.ProviderId;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.util.List;

/** The provider with one bug put in, at the seam where a provider would have it. */
final class BuggyProvider implements Provider {
    private final Provider good;
    private final Bug bug;

    BuggyProvider(Provider good, Bug bug) {
        this.good = good;
        this.bug = bug;
    }

    @Override
    public ProviderId id() {
        return good.id();
    }

    @Override
    public List<ModelInfo> catalog() {
        return good.catalog();
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        BuggySink told = new BuggySink(sink, bug, retelling -> good.open(call, retelling));
        Exchange exchange = good.open(call, told);
        if (bug == Bug.OPEN_WAITS_FOR_THE_FIRST_WORD) {
            BuggySink.await(told.firstWord);
        }
        return () -> abort(exchange, told, sink);
    }

    private void abort(Exchange exchange, BuggySink told, ReplySink sink) {
        switch (bug) {
            case TELLS_THE_ABORT_AND_THEN_THE_END -> {
                sink.aborted();
                exchange.abort();
            }
            case GOES_ON_TELLING_AFTER_AN_ABORT, ABORT_LEAVES_THE_SOCKET_OPEN -> told.tellAborted();
            case ABORT_WAITS_FOR_THE_END -> {
                exchange.abort();
                BuggySink.await(told.over);
            }
            default -> exchange.abort();
        }
    }

    @Override
    public void close() {
        if (bug != Bug.CLOSE_FORGETS_WHAT_IS_OPEN) {
            good.close();
        }
    }

    @Override
    public String toString() {
        return good.toString();
    }
}

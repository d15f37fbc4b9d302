package dev.exai.spi;

import dev.exai.context.ProviderId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Talks to one vendor's API.
 *
 * <p>Safe for use by many threads. A provider does one attempt when asked and no more: the library above it owns
 * permits, deadlines, retries and back-off, and a provider that added its own would multiply them.
 */
public interface Provider extends AutoCloseable {
    /** {@return the provider's name, unique within one library instance} */
    ProviderId id();

    /** {@return the models that it offers, in the provider's own order of preference} */
    List<ModelInfo> catalog();

    /**
     * Asks the vendor which models it has now, and what they can do; for who refreshes a catalogue in the background.
     *
     * <p>It returns at once and gives up after the limit; cancelling what it returns aborts the asking. A provider that
     * cannot ask, or whose vendor tells nothing of use, does not override this.
     *
     * @param limit the most time that it may take
     * @return the models, those of {@link #catalog()} with what the vendor says now; the same objects where it says
     *     nothing new
     */
    default CompletableFuture<List<ModelInfo>> currentModels(Duration limit) {
        return CompletableFuture.completedFuture(catalog());
    }

    /**
     * Starts one exchange and returns at once; what comes back is pushed into the sink, from any thread, possibly
     * before this method returns.
     *
     * <p>This method must not block on I/O. If it throws, no exchange was started and the sink is not told: an
     * {@link IllegalArgumentException} says that the request cannot be sent as it is, in words that show no content.
     *
     * @param call what to ask, of which model
     * @param sink takes the answer; exactly one end is reported to it, also after {@link Exchange#abort}
     * @return the exchange
     */
    Exchange open(ProviderCall call, ReplySink sink);

    /** Lets go of connections and threads; exchanges that are open are aborted. May be called twice. */
    @Override
    default void close() {}
}

package dev.exai.testkit.contract.provider;

import dev.exai.spi.Provider;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a provider talks to while it is tried: it answers as it is told. Safe for use by many threads.
 *
 * <p>A method may throw {@link UnsupportedOperationException} if this upstream cannot do or say that. What depends on
 * it is then not judged: the verdict is UNTESTED.
 */
public interface Upstream extends AutoCloseable {
    /**
     * {@return a new provider that talks to this upstream; the contract closes it}
     *
     * @param key the key that it shall use; one without a key leaves it out
     */
    Provider connect(String key);

    /**
     * {@return a new provider that tries to connect to another address, where nobody will answer; empty if the
     * provider connects to nothing}
     *
     * @param address where to connect to
     * @param key the key that it shall use
     */
    default Optional<Provider> connectTo(InetSocketAddress address, String key) {
        return Optional.empty();
    }

    /**
     * Sets the answer to a question, before it is asked.
     *
     * @param prompt the text of the user's last message; no other question has the same
     * @param answer what to do when it comes
     */
    void answer(String prompt, UpstreamAnswer answer);

    /** {@return what arrived, in order: each request as text, as far as it can be read, without the key} */
    List<String> requests();

    /** {@return how many requests are being answered, with the one who asked still there} */
    int inFlight();

    /** Ends whatever is left, and all threads. May be called twice. */
    @Override
    void close();
}

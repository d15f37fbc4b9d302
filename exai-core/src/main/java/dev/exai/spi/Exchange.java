package dev.exai.spi;

/** One request under way at a provider. */
public interface Exchange {
    /**
     * Ends the exchange as soon as possible: an HTTP/1.1 socket is closed, an HTTP/2 stream reset.
     *
     * <p>May be called from any thread, at any time, more than once and at the same time, and after the end. Must
     * not block: it starts the abort and returns. The sink is still told one end, when the exchange is really over;
     * until then it counts as a zombie.
     */
    void abort();
}

package dev.exai.examples.benchmarks;

/** A client of {@link ChatServer}. Each method returns the number of characters that it got, so that nothing is left out. */
interface Chat extends AutoCloseable {
    /** Asks for a whole reply. */
    int ask() throws Exception;

    /** Asks for a stream and reads it to its end. */
    int stream() throws Exception;

    /** {@return the nanoseconds from asking for a stream to its first word}, which is then read to its end. */
    long nanosToFirstWord() throws Exception;

    @Override
    void close();
}

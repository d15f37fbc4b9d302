package dev.exai.testkit.fault;

/** What code throws in a cell. */
final class Thrown {
    private Thrown() {}

    /** {@return the exception of {@link Fault#THROW}; the error of {@link Fault#ERROR} is thrown here} */
    static RuntimeException by(Fault fault) {
        if (fault == Fault.ERROR) {
            throw new LinkageError("thrown by the cell");
        }
        return new IllegalStateException("thrown by the cell");
    }
}

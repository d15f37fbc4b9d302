package dev.exai.examples.daemon.tool;

/** Is told how a job goes on, one thing at a time; nothing after its result. */
public interface JobListener {
    /** A listener that waits for the result alone; an attempt that broke off in mid-answer may be repeated for it. */
    JobListener NONE = new JobListener() {
        @Override
        public boolean wantsChunks() {
            return false;
        }
    };

    /** {@return whether it wants the answer piece by piece} */
    default boolean wantsChunks() {
        return true;
    }

    /** Says that the job holds its permit; once for each attempt. */
    default void running() {}

    /**
     * Takes a piece of the answer.
     *
     * @param text the piece
     */
    default void chunk(String text) {}
}

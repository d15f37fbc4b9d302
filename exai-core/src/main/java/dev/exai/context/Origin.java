package dev.exai.context;

/**
 * Where a call was asked for: the thread, by name and id, and the place in the code.
 *
 * <p>The thread itself is not kept. The place is captured cheaply and worked out only when it is read.
 */
public final class Origin {
    private final String threadName;
    private final long threadId;
    private final Throwable trace;

    private Origin(String threadName, long threadId, Throwable trace) {
        this.threadName = threadName;
        this.threadId = threadId;
        this.trace = trace;
    }

    /** {@return the current thread and place} */
    @SuppressWarnings("deprecation") // Thread.threadId() needs Java 19
    public static Origin here() {
        Thread thread = Thread.currentThread();
        return new Origin(thread.getName(), thread.getId(), new Trace());
    }

    /** {@return the name of the thread} */
    public String threadName() {
        return threadName;
    }

    /** {@return the id of the thread} */
    public long threadId() {
        return threadId;
    }

    /** {@return the first frame outside this library, as {@code Class.method(File.java:42)}} */
    public String site() {
        for (StackTraceElement frame : trace.getStackTrace()) {
            if (!isOurs(frame)) {
                return frame.toString();
            }
        }
        StackTraceElement[] all = trace.getStackTrace();
        return all.length == 0 ? "unknown" : all[all.length - 1].toString();
    }

    /** Frames of the library's own rooms are passed over; our examples and tests are a user's code. */
    private static boolean isOurs(StackTraceElement frame) {
        String module = frame.getModuleName();
        if ("dev.exai.core".equals(module)) {
            return true;
        }
        String type = frame.getClassName();
        int cut = type.lastIndexOf('.');
        String room = cut < 0 ? "" : type.substring(0, cut);
        return switch (room) {
            case "dev.exai",
                    "dev.exai.session",
                    "dev.exai.call",
                    "dev.exai.model",
                    "dev.exai.attempt",
                    "dev.exai.permit",
                    "dev.exai.context",
                    "dev.exai.testkit" -> !type.endsWith("Test") && !type.contains("Test$");
            default -> false;
        };
    }

    @Override
    public String toString() {
        return site() + " on " + threadName;
    }

    /** Holds a stack trace that no one throws. */
    private static final class Trace extends Throwable {
        private static final long serialVersionUID = 1L;

        Trace() {
            super(null, null, false, true);
        }
    }
}

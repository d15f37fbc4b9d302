package dev.exai.testkit.time;

/** Where a task was given to be run: captured cheaply, worked out when it is read. */
final class Site {
    private final Throwable trace = new Trace();

    /** {@return the first frame of a user's code: not of the JDK, the library or this testkit} */
    @Override
    public String toString() {
        for (StackTraceElement frame : trace.getStackTrace()) {
            if (!isOurs(frame.getClassName())) {
                return frame.toString();
            }
        }
        return "unknown";
    }

    /** Examples and tests are a user's code. */
    private static boolean isOurs(String type) {
        return type.startsWith("java.")
                || type.startsWith("jdk.")
                || (type.startsWith("dev.exai.") && !type.startsWith("dev.exai.examples.") && !isTest(type));
    }

    private static boolean isTest(String type) {
        return type.endsWith("Test") || type.contains("Test$");
    }

    /** Holds a stack trace that no one throws. */
    private static final class Trace extends Throwable {
        private static final long serialVersionUID = 1L;

        Trace() {
            super(null, null, false, true);
        }
    }
}

package dev.exai.examples.benchmarks;

import java.util.List;

/** A part of the measurement. Each but the first runs in a JVM of its own, so that none warms up for another. */
enum Part {
    /** JMH, which forks for itself. */
    UNCONTENDED(List.of(), Uncontended::figures),
    /** Several threads, enough for all. */
    SHARED_PROVIDER(Machine.HEAP_MADE_BEFORE, SharedProvider::figures),
    /** Many wait. */
    LONG_QUEUE(Machine.HEAP_MADE_BEFORE, LongQueue::besideFailsafe),
    /** Many sessions wait. */
    MANY_SESSIONS(Machine.HEAP_MADE_BEFORE, LongQueue::manySessions),
    /** Virtual threads wait. */
    VIRTUAL_THREADS(Machine.HEAP_MADE_BEFORE, VirtualThreads::figures),
    /** Memory; the serial collector counts it to the byte. */
    HEAP(List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g"), Heap::figures);

    /** Measures. */
    private interface Work {
        List<Figure> figures(Scale scale) throws Exception;
    }

    private final List<String> jvmOptions;
    private final Work work;

    Part(List<String> jvmOptions, Work work) {
        this.jvmOptions = jvmOptions;
        this.work = work;
    }

    List<String> jvmOptions() {
        return jvmOptions;
    }

    boolean forks() {
        return this != UNCONTENDED;
    }

    /** {@return what was measured, here and now} */
    List<Figure> measure(Scale scale) throws Exception {
        return work.figures(scale);
    }
}

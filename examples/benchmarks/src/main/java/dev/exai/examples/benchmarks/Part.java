package dev.exai.examples.benchmarks;

import java.util.List;

/** A part of the measurement. Each but the first runs in a JVM of its own, so that none warms up for another. */
enum Part {
    /** JMH, which forks for itself. */
    UNCONTENDED(List.of(), Uncontended::figures),
    /** Several threads, enough for all. */
    SHARED_PROVIDER(Part.HEAP_MADE_BEFORE, SharedProvider::figures),
    /** Many wait. */
    LONG_QUEUE(Part.HEAP_MADE_BEFORE, LongQueue::besideFailsafe),
    /** Many sessions wait. */
    MANY_SESSIONS(Part.HEAP_MADE_BEFORE, LongQueue::manySessions),
    /** Virtual threads wait. */
    VIRTUAL_THREADS(Part.HEAP_MADE_BEFORE, VirtualThreads::figures),
    /** Memory; the serial collector counts it to the byte. */
    HEAP(List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g"), Heap::figures);

    /**
     * A heap of one size whose pages are all there from the start: else a side that allocates pays for the first touch of
     * each page, which on a virtual machine costs more than what is measured.
     */
    static final List<String> HEAP_MADE_BEFORE = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

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

package dev.exai.examples.benchmarks;

import java.util.List;

/** A part of the measurement. Each but the first runs in a JVM of its own, so that none warms up for another. */
enum Part {
    /** JMH, which forks for itself. */
    UNCONTENDED(List.of(), Uncontended::figures),
    /** Several threads, enough for all. */
    SHARED_PROVIDER(Jvm.HEAP_MADE_BEFORE, SharedProvider::figures),
    /** Many wait. */
    LONG_QUEUE(Jvm.HEAP_MADE_BEFORE, LongQueue::besideFailsafe),
    /** Many sessions wait. */
    MANY_SESSIONS(Jvm.HEAP_MADE_BEFORE, LongQueue::manySessions),
    /** Virtual threads wait. */
    VIRTUAL_THREADS(Jvm.HEAP_MADE_BEFORE, VirtualThreads::figures),
    /** Memory. */
    HEAP(Jvm.HEAP_TO_BE_WEIGHED, Heap::figures),
    /** Whole calls without a network. */
    WHOLE_CALL(Jvm.HEAP_MADE_BEFORE, WholeCall::figures),
    /** Whole calls that wait. */
    QUEUED_CALLS(Jvm.HEAP_TO_BE_WEIGHED, QueuedCalls::figures),
    /** Whole calls over sockets. */
    ON_SOCKETS(List.of(), OnSockets::figures);

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

    /** Options of JVMs; in a class of their own, which is there before the parts are. */
    static final class Jvm {
        /**
         * A heap of one size whose pages are all there from the start: else a side that allocates pays for the first touch
         * of each page, which on a virtual machine costs more than what is measured.
         */
        static final List<String> HEAP_MADE_BEFORE = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

        /** The serial collector counts to the byte. */
        static final List<String> HEAP_TO_BE_WEIGHED = List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g");

        private Jvm() {}
    }
}

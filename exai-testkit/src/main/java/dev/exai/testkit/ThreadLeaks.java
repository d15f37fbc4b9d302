package dev.exai.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The library's threads that were not there at the start. */
final class ThreadLeaks {
    private static final String PREFIX = "exai-";

    private final Set<Thread> before;

    private ThreadLeaks(Set<Thread> before) {
        this.before = before;
    }

    static ThreadLeaks start() {
        Set<Thread> now = Collections.newSetFromMap(new IdentityHashMap<>());
        now.addAll(threads());
        return new ThreadLeaks(now);
    }

    List<String> leftovers() {
        List<String> lines = new ArrayList<>();
        for (Thread thread : threads()) {
            if (thread.getName().startsWith(PREFIX) && thread.isAlive() && !before.contains(thread)) {
                lines.add(Stacks.describe(
                        "thread " + thread.getName() + ", " + thread.getState(), List.of(thread.getStackTrace())));
            }
        }
        return lines;
    }

    /** All platform threads. Stacks are taken of those that are left only: those of all threads cost a millisecond. */
    private static List<Thread> threads() {
        ThreadGroup all = Thread.currentThread().getThreadGroup();
        for (ThreadGroup up = all.getParent(); up != null; up = up.getParent()) {
            all = up;
        }
        Thread[] found = new Thread[Math.max(16, all.activeCount() * 2)];
        int count = all.enumerate(found);
        while (count == found.length) { // there may have been more than fit
            found = new Thread[found.length * 2];
            count = all.enumerate(found);
        }
        return List.copyOf(Arrays.asList(found).subList(0, count));
    }
}

package dev.exai.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The library's threads that were not there at the start. */
final class ThreadLeaks {
    private static final String PREFIX = "exai-";
    private static final int FRAMES = 6;

    private final Set<Thread> before;

    private ThreadLeaks(Set<Thread> before) {
        this.before = before;
    }

    static ThreadLeaks start() {
        Set<Thread> now = Collections.newSetFromMap(new IdentityHashMap<>());
        now.addAll(Thread.getAllStackTraces().keySet());
        return new ThreadLeaks(now);
    }

    List<String> leftovers() {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            Thread thread = entry.getKey();
            if (thread.getName().startsWith(PREFIX) && !before.contains(thread)) {
                lines.add(describe(thread, entry.getValue()));
            }
        }
        return lines;
    }

    private static String describe(Thread thread, StackTraceElement[] stack) {
        StringBuilder text = new StringBuilder("thread " + thread.getName() + ", " + thread.getState());
        for (int i = 0; i < Math.min(FRAMES, stack.length); i++) {
            text.append("\n      at ").append(stack[i]);
        }
        return text.toString();
    }
}

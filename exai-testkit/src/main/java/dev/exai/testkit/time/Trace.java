package dev.exai.testkit.time;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The lines of what ran: the last ones themselves, and a hash of all of them. Used by one thread. */
final class Trace {
    /** As many lines as a person will ever look at; the hash knows the rest. */
    private static final int KEPT = 10_000;

    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Deque<String> lines = new ArrayDeque<>();
    private long hash = FNV_START;

    void add(String line) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(line);
        for (int i = 0; i < line.length(); i++) {
            hash = (hash ^ line.charAt(i)) * FNV_PRIME;
        }
        hash = (hash ^ '\n') * FNV_PRIME;
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    String tail(int count) {
        List<String> all = lines();
        return String.join("\n  ", all.subList(Math.max(0, all.size() - count), all.size()));
    }
}

package dev.exai.testkit.time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of what ran: the last ones themselves, and a hash of all of them. Used by one thread.
 *
 * <p>A line is put together only when somebody reads it; until then its parts are kept.
 */
final class Trace {
    /** As many lines as a person will ever look at; the hash knows the rest. */
    private static final int KEPT = 10_000;

    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** A line of its own has no kind and no number. */
    private static final long NOTE = 0;

    private long[] moments = new long[64];
    private long[] numbers = new long[64];
    private @Nullable String[] kinds = new @Nullable String[64];
    private String[] texts = new String[64];

    private long count;
    private long hash = FNV_START;

    /** Adds that a task begins to run. */
    void ran(long moment, Task task) {
        add(moment, task.number, task.kind, task.name());
    }

    /** Adds a line of its own. */
    void note(long moment, String line) {
        add(moment, NOTE, null, line);
    }

    private void add(long moment, long number, @Nullable String kind, String text) {
        int at = (int) (count % KEPT);
        if (at == moments.length) {
            grow();
        }
        moments[at] = moment;
        numbers[at] = number;
        kinds[at] = kind;
        texts[at] = text;
        count++;
        mix(moment);
        mix(number);
        mix(kind == null ? 0 : kind.hashCode());
        mix(text.hashCode());
    }

    private void grow() {
        int size = Math.min(KEPT, 2 * moments.length);
        moments = Arrays.copyOf(moments, size);
        numbers = Arrays.copyOf(numbers, size);
        kinds = Arrays.copyOf(kinds, size);
        texts = Arrays.copyOf(texts, size);
    }

    private void mix(long value) {
        hash = (hash ^ value) * FNV_PRIME;
        hash ^= hash >>> 32; // so that the upper half reaches the lower one
    }

    long hash() {
        return hash;
    }

    /** {@return how many early lines are no longer kept} */
    long dropped() {
        return Math.max(0, count - KEPT);
    }

    List<String> lines() {
        return last(KEPT);
    }

    String tail(int lines) {
        return String.join("\n  ", last(lines));
    }

    private List<String> last(int most) {
        List<String> lines = new ArrayList<>();
        for (long i = Math.max(dropped(), count - most); i < count; i++) {
            int at = (int) (i % KEPT);
            Duration when = Duration.ofNanos(moments[at]);
            lines.add(
                    kinds[at] == null
                            ? when + " " + texts[at]
                            : when + " " + kinds[at] + " " + texts[at] + " #" + numbers[at]);
        }
        return List.copyOf(lines);
    }
}

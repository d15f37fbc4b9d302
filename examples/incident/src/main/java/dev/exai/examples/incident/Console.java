package dev.exai.examples.incident;

import com.google.errorprone.annotations.FormatMethod;
import dev.exai.call.Timeline;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints the demo: headings, timelines, and a verdict for each claim. Coloured on a terminal. */
final class Console {
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final boolean coloured;
    private int held;
    private int broken;

    Console(PrintStream out) {
        this.out = out;
        this.coloured = System.getenv("NO_COLOR") == null && isTerminal();
    }

    /** Up to Java 21 there is a console only on a terminal; from 22 on it says itself whether it is one. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException java21) {
            return true;
        }
    }

    void heading(String text) {
        out.println();
        out.println(colour("\u001b[1m", text));
    }

    @FormatMethod
    void say(String format, Object... values) {
        out.println("  " + String.format(Locale.ROOT, format, values));
    }

    /** A call's own account of where its time went. */
    void timeline(String who, Timeline timeline) {
        out.println("  " + colour("\u001b[36m", who));
        for (Timeline.Entry entry : timeline.entries()) {
            out.printf(Locale.ROOT, "    %8.3f s  %s%n", entry.at().toNanos() / 1e9, entry.what());
        }
    }

    /** A bar whose length is a time, to set two beside each other. */
    void bar(String who, Duration time, Duration full) {
        int length = (int) Math.min(50, Math.max(1, 50 * time.toMillis() / Math.max(1, full.toMillis())));
        out.printf(Locale.ROOT, "    %-28s %7d ms %s%n", who, time.toMillis(), "#".repeat(length));
    }

    @FormatMethod
    void verdict(boolean holds, String format, Object... values) {
        if (holds) {
            held++;
        } else {
            broken++;
        }
        String mark = holds ? colour("\u001b[32m", "HOLDS ") : colour("\u001b[31m", "BROKEN");
        out.println("  " + mark + " " + String.format(Locale.ROOT, format, values));
    }

    void summary(Duration took) {
        out.println();
        out.printf(
                Locale.ROOT,
                "%s: %d of %d claims hold, in %.1f s%n",
                allHold() ? colour("\u001b[32m", "The incident cannot happen here") : colour("\u001b[31m", "BROKEN"),
                held,
                held + broken,
                took.toMillis() / 1e3);
    }

    boolean allHold() {
        return broken == 0 && held > 0;
    }

    private String colour(String code, String text) {
        return coloured ? code + text + PLAIN : text;
    }
}

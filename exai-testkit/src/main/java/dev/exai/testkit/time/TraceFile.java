package dev.exai.testkit.time;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A trace as a text file: three lines that begin with {@code #}, then one for each line of the trace. */
final class TraceFile {
    private TraceFile() {}

    static void write(Path file, long seed, Trace trace) {
        List<String> lines = new ArrayList<>();
        lines.add("# seed " + seed);
        lines.add("# hash of the whole trace " + Long.toHexString(trace.hash()));
        lines.add("# early lines not kept " + trace.dropped());
        lines.addAll(trace.lines());
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the trace to " + file, e);
        }
    }

    static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the trace of " + file, e);
        }
    }
}

package dev.exai.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Measures everything and prints the table: {@code java -jar target/benchmarks.jar}. */
public final class Measure {
    /** What the place for the table in the page is called. */
    private static final String SUBJECT = "figures";

    private static final String USAGE =
            """
            java -jar benchmarks.jar [--quick] [--only PART] [--write PAGE]
            java -jar benchmarks.jar --jmh [options of JMH]

              --quick       a look, in about a minute; its figures are not to be quoted
              --only PART   one part, or several with commas: %s
              --write PAGE  also puts the table into this page, in place of this JDK's earlier one
              --jmh         JMH's own launcher, with the uncontended benchmarks
            """.formatted(Arrays.toString(Part.values()).toLowerCase(Locale.ROOT));

    private final boolean quick;
    private final Set<Part> parts;
    private final @Nullable Path page;

    private Measure(boolean quick, Set<Part> parts, @Nullable Path page) {
        this.quick = quick;
        this.parts = parts;
        this.page = page;
    }

    /**
     * Measures, or hands over to JMH.
     *
     * @param args see the usage, which anything unknown prints
     * @throws Exception if something cannot be measured, or the page not be written
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("--jmh")) {
            org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        Measure measure;
        try {
            measure = parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n\n" + USAGE);
            System.exit(2);
            return;
        }
        measure.run();
    }

    static Measure parse(String... args) {
        boolean quick = false;
        Set<Part> parts = EnumSet.allOf(Part.class);
        Path page = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--only" -> parts = parts(value(args, ++i));
                case "--write" -> page = Path.of(value(args, ++i));
                default -> throw new IllegalArgumentException("unknown: " + args[i]);
            }
        }
        if (page != null && parts.size() < Part.values().length) {
            throw new IllegalArgumentException("--only would leave a hole in the page: not together with --write");
        }
        return new Measure(quick, parts, page);
    }

    private static String value(String[] args, int at) {
        if (at >= args.length) {
            throw new IllegalArgumentException("nothing follows " + args[at - 1]);
        }
        return args[at];
    }

    private static Set<Part> parts(String names) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        for (String name : names.split(",")) {
            parts.add(Part.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return parts;
    }

    private void run() throws Exception {
        int jdk = Runtime.version().feature();
        if (page != null) {
            Page.replaced(Files.readString(page), SUBJECT, jdk, ""); // fails now rather than after all the work
        }
        double loadBefore = Machine.load();
        List<Figure> figures = new ArrayList<>();
        for (Part part : parts) {
            long start = System.nanoTime();
            figures.addAll(part.forks() ? Child.measure(part, quick) : part.measure(scale()));
            System.err.printf(
                    Locale.ROOT,
                    "%s: %d s%n",
                    part.name().toLowerCase(Locale.ROOT),
                    Duration.ofNanos(System.nanoTime() - start).toSeconds());
        }
        String heading = (quick ? "A quick run, not to be quoted: " : "Measured ") + Machine.line(loadBefore) + ".";
        String table = Page.table(heading, figures);
        System.out.print(table);
        write(jdk, table);
    }

    private void write(int jdk, String table) throws IOException {
        if (page != null) {
            Files.writeString(page, Page.replaced(Files.readString(page), SUBJECT, jdk, table));
        }
    }

    private Scale scale() {
        return quick ? Scale.QUICK : Scale.FULL;
    }
}

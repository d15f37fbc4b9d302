package dev.exai.examples.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Measures what a chat costs beside peers and prints the table: {@code java -jar target/benchmarks.jar}. */
public final class MeasureChats {
    private static final String USAGE = """
            java -XX:+UseParallelGC -Xms1g -Xmx1g -jar benchmarks.jar [--quick] [--write PAGE]

              --quick       a look, in about a minute; its figures are not to be quoted
              --write PAGE  also puts the table into this page, in place of this JDK's earlier one
            """;
    private static final String SUBJECT = "figures of chats";

    private MeasureChats() {}

    /**
     * Measures.
     *
     * @param args see the usage, which anything unknown prints
     * @throws Exception if something cannot be measured, or the page not be written
     */
    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        int write = arguments.indexOf("--write");
        int known = (arguments.contains("--quick") ? 1 : 0) + (write < 0 ? 0 : 2);
        if (arguments.size() != known) {
            System.err.println(USAGE);
            System.exit(2);
            return;
        }
        boolean quick = arguments.contains("--quick");
        int jdk = Runtime.version().feature();
        Path page = write < 0 ? null : Path.of(arguments.get(write + 1));
        if (page != null) {
            Page.replaced(Files.readString(page), SUBJECT, jdk, ""); // fails now rather than after all the work
        }
        double loadBefore = Machine.load();
        List<Figure> figures = Chats.figures(quick ? Scale.QUICK : Scale.FULL);
        String heading = (quick ? "A quick run, not to be quoted: " : "Measured ") + Machine.line(loadBefore) + ".";
        String table = Page.table(heading, figures);
        System.out.print(table);
        if (page != null) {
            Files.writeString(page, Page.replaced(Files.readString(page), SUBJECT, jdk, table));
        }
        System.exit(0); // OpenAI's client leaves threads behind
    }
}

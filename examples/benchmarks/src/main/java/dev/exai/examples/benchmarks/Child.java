package dev.exai.examples.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures a part in a new JVM of the same kind. */
final class Child {
    /** What the lines of its output begin with that are figures. */
    private static final String MARK = "figure\t";

    private Child() {}

    /** {@return what the new JVM measured} */
    static List<Figure> measure(Part part, boolean quick) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(part.jvmOptions());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Child.class.getName());
        command.add(part.name());
        command.add(String.valueOf(quick));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Figure> figures = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(MARK)) {
                    figures.add(Figure.fromLine(line.substring(MARK.length())));
                }
            }
        } finally {
            process.destroy();
        }
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException("the JVM of " + part + " ended with " + status);
        }
        return figures;
    }

    /** The new JVM. */
    public static void main(String[] args) throws Exception {
        Scale scale = Boolean.parseBoolean(args[1]) ? Scale.QUICK : Scale.FULL;
        for (Figure figure : Part.valueOf(args[0]).measure(scale)) {
            System.out.println(MARK + figure.toLine());
        }
    }
}

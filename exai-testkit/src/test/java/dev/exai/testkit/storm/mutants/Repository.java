package dev.exai.testkit.storm.mutants;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where the sources are, and the page. */
final class Repository {
    private static final Path ROOT = root();
    private static final Path SOURCES = ROOT.resolve("exai-core/src/main/java/dev/exai");

    /** The page that lists the bugs. */
    static final Path PAGE = ROOT.resolve("docs/simulation-bugs.md");

    /** Where the page of a run is put. */
    static final Path TARGET = ROOT.resolve("exai-testkit/target/simulation-bugs.md");

    private Repository() {}

    static String source(String file) {
        return read(SOURCES.resolve(file + ".java"));
    }

    /** {@return all sources of the core, by path from {@code dev/exai} on, without their ending} */
    static Map<String, String> allSources() {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .toList();
            for (Path file : sources) {
                String name = SOURCES.relativize(file).toString().replace('\\', '/');
                all.put(name.substring(0, name.length() - ".java".length()), read(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("exai-core/pom.xml"))) {
            path = path.getParent();
        }
        return path;
    }
}

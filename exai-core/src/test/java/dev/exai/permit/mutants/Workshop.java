package dev.exai.permit.mutants;

import dev.exai.permit.PermitPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where the sources of the pool are, its classes, its tests, and the page that lists its mutants. */
final class Workshop {
    /** A mutant that differs in nothing: what it fails, every mutant would fail. */
    static final Mutant UNCHANGED = Mutant.of("unchanged", "none", "nowhere");

    private static final Path ROOT = root();

    /** The sources of the pool. */
    static final Path SOURCES = ROOT.resolve("exai-core/src/main/java/dev/exai/permit");

    /** The page that lists them. */
    static final Path PAGE = ROOT.resolve("docs/mutants.md");

    /** Where they are put. */
    static final Path TARGET = ROOT.resolve("exai-core/target/mutants");

    private Workshop() {}

    /** {@return the source of a class of the pool} */
    static String source(String file) {
        try {
            return Files.readString(SOURCES.resolve(file + ".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the class path of this run, whatever the launcher made of it} */
    static String classPath() {
        String ofSurefire = System.getProperty("surefire.test.class.path");
        return ofSurefire == null ? System.getProperty("java.class.path") : ofSurefire;
    }

    /** {@return the places of the classes of the pool, and of its tests} */
    static List<Path> places() {
        return List.of(placeOf(PermitPool.class), placeOf(Workshop.class));
    }

    private static Path placeOf(Class<?> type) {
        try {
            URI place = type.getProtectionDomain().getCodeSource().getLocation().toURI();
            return Path.of(place);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the tests that judge a mutant, by binary name: the cheap ones first} */
    static List<String> suite() throws IOException {
        Path tests = placeOf(Workshop.class);
        List<String> kinds = List.of("Test", "Properties", "Stress");
        try (Stream<Path> files = Files.list(tests.resolve("dev/exai/permit"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .filter(name -> kinds.stream().anyMatch(name::endsWith))
                    .sorted(Comparator.comparing((String name) -> kinds.indexOf(kindOf(name, kinds)))
                            .thenComparing(Comparator.naturalOrder()))
                    .map(name -> "dev.exai.permit." + name)
                    .toList();
        }
    }

    private static String kindOf(String name, List<String> kinds) {
        return kinds.stream().filter(name::endsWith).findFirst().orElseThrow();
    }

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("exai-core/pom.xml"))) {
            path = path.getParent();
        }
        return path;
    }
}

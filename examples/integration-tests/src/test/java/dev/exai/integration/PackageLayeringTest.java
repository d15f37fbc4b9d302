package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.integration.Layers.Arrow;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks jdeps which package of the published modules imports which, and holds the answer against {@link Layers}. */
class PackageLayeringTest {

    private static final Pattern ARROW = Pattern.compile("^\\s+(\\S+)\\s+->\\s+(\\S+)\\s.*$");

    /** The packages of each module, by the module's directory. */
    private static final Map<Path, Set<String>> PACKAGES = new LinkedHashMap<>();

    private static final Set<Arrow> ARROWS = new LinkedHashSet<>();

    @BeforeAll
    static void askJdeps(@TempDir Path temporary) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-verbose:package", "--multi-release", "base", "--ignore-missing-deps"));
        for (Path module : publishedModules()) {
            Path copy = temporary.resolve(module.getFileName());
            PACKAGES.put(module, copyClasses(module, copy));
            arguments.add(copy.toString());
        }
        ARROWS.addAll(parse(jdeps(arguments)));
    }

    @Test
    void publishedPackages_arrows_allPointRight() {
        assertThat(Layers.violations(ARROWS)).as("imports against the order").isEmpty();
    }

    @Test
    void publishedPackages_names_allHaveAPlace() {
        Set<String> packages = new LinkedHashSet<>();
        PACKAGES.values().forEach(packages::addAll);

        assertThat(Layers.unknown(packages))
                .as("packages that stand in no table of Layers: give each its place there")
                .isEmpty();
    }

    @Test
    void jdeps_everyPackage_wasSeen() {
        Set<String> importing = new LinkedHashSet<>();
        ARROWS.forEach(arrow -> importing.add(arrow.from()));

        assertThat(PACKAGES).isNotEmpty().allSatisfy((module, packages) -> {
            assertThat(packages).as("packages of %s", module.getFileName()).isNotEmpty();
            assertThat(importing).as("packages that jdeps saw").containsAll(packages);
        });
    }

    @Test
    void parse_linesOfJdeps_packagesOnly() {
        String output = """
                exai-core -> java.base
                   dev.exai.permit                                    -> dev.exai.context                                   exai-core
                   dev.exai.permit                                    -> java.util                                          java.base
                """;

        assertThat(parse(output))
                .containsExactly(
                        new Arrow("dev.exai.permit", "dev.exai.context"), new Arrow("dev.exai.permit", "java.util"));
    }

    private static List<Arrow> parse(String output) {
        return output.lines()
                .map(ARROW::matcher)
                .filter(Matcher::matches)
                .map(line -> new Arrow(line.group(1), line.group(2)))
                .toList();
    }

    private static String jdeps(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = ToolProvider.findFirst("jdeps")
                .orElseThrow(() -> new AssertionError("no jdeps: this test needs a JDK, not a JRE"))
                .run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        assertThat(status).as("status of jdeps: %s%s", out, err).isZero();
        return out.toString();
    }

    /** Finds what has sources: the core, the testkit, and each module under exai-providers. */
    private static List<Path> publishedModules() throws Exception {
        Path root = root();
        List<Path> candidates = new ArrayList<>(List.of(root.resolve("exai-core"), root.resolve("exai-testkit")));
        try (Stream<Path> providers = Files.list(root.resolve("exai-providers"))) {
            providers.sorted().forEach(candidates::add);
        }
        return candidates.stream()
                .filter(module -> Files.isDirectory(module.resolve("src/main/java")))
                .toList();
    }

    private static Path root() throws URISyntaxException {
        Path start = Path.of(PackageLayeringTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        for (Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("exai-core/pom.xml"))) {
                return directory;
            }
        }
        throw new AssertionError("no directory with exai-core above " + start);
    }

    /** Copies all but module-info, with which jdeps would want every module that ours require; returns the packages. */
    private static Set<String> copyClasses(Path module, Path target) throws IOException {
        Path classes = module.resolve("target/classes");
        assertThat(classes)
                .as("classes of %s: compile it first", module.getFileName())
                .isDirectory();
        Set<String> packages = new LinkedHashSet<>();
        for (Path file : classFiles(classes)) {
            Path copy = target.resolve(classes.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
            packages.add(classes.relativize(file.getParent()).toString().replace(File.separatorChar, '.'));
        }
        return packages;
    }

    private static List<Path> classFiles(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("module-info.class"))
                    .filter(file -> !file.endsWith("package-info.class"))
                    .toList();
        }
    }
}

package dev.exai.examples.daemon;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Node.js with the npm packages of {@code src/test/node}, which are installed into target once. */
final class Node {
    private static final Path SOURCES = Path.of("src", "test", "node");
    private static final Path HOME = Path.of("target", "node");
    private static final long INSTALL_SECONDS = 600;
    private static final long RUN_SECONDS = 180;
    private static final String MISSING = "Node.js from 20 on and npm must be on the path";

    private static boolean installed;

    private Node() {}

    /**
     * Runs a script of {@code src/test/node}.
     *
     * @return the lines that it printed
     */
    static List<String> run(Map<String, String> environment, String script, String... arguments) {
        install();
        String[] command =
                Stream.concat(Stream.of("node", script), Stream.of(arguments)).toArray(String[]::new);
        return execute(environment, RUN_SECONDS, command);
    }

    /**
     * Runs a program of an installed package.
     *
     * @return the lines that it printed
     */
    static List<String> runProgram(String name, String... arguments) {
        return run(Map.of(), "node_modules/.bin/" + name, arguments);
    }

    /** Starts a script of {@code src/test/node}, which the test ends. */
    static Process start(String script, String... arguments) throws IOException {
        install();
        String[] command =
                Stream.concat(Stream.of("node", script), Stream.of(arguments)).toArray(String[]::new);
        return new ProcessBuilder(command)
                .directory(HOME.toFile())
                .redirectErrorStream(true)
                .redirectOutput(HOME.resolve("output-of-" + script + ".txt").toFile())
                .start();
    }

    private static synchronized void install() {
        if (installed) {
            return;
        }
        demand("node");
        demand("npm");
        copySources();
        execute(Map.of(), INSTALL_SECONDS, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        installed = true;
    }

    /** Fails in the tier services; elsewhere, as in an editor, the test is left out with the reason. */
    private static void demand(String program) {
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        boolean inTier = "none".equals(System.getProperty("exai.excluded.services"));
        if (!there && inTier) {
            throw new AssertionError(MISSING + " for the tier services, and there is no " + program);
        }
        Assumptions.assumeTrue(there, MISSING + ", and there is no " + program);
    }

    private static void copySources() {
        try {
            Files.createDirectories(HOME);
            try (Stream<Path> files = Files.list(SOURCES)) {
                for (Path file : files.toList()) {
                    Files.copy(file, HOME.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> execute(Map<String, String> environment, long seconds, String... command) {
        try {
            Path output = Files.createTempFile(HOME, "output-", ".txt");
            Path errors = Files.createTempFile(HOME, "errors-", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command).directory(HOME.toFile());
            builder.environment().putAll(environment);
            Process process = builder.redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("not done in " + seconds + " s: " + String.join(" ", command));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with " + process.exitValue() + ": "
                        + Files.readString(output, StandardCharsets.UTF_8)
                        + Files.readString(errors, StandardCharsets.UTF_8));
            }
            return Files.readAllLines(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}

package dev.exai.examples.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A daemon as a process of its own. Its state and what it says on stderr are in one folder. */
final class DaemonProcess implements AutoCloseable {
    /** A machine that is busy takes long to start a process, or to end one. */
    static final long PATIENCE_SECONDS = 90;

    private static final Pattern LISTENING = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");

    final Process process;
    private final Path errors;
    private final BufferedReader out;

    private DaemonProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** One that starts quickly. */
    static DaemonProcess start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        return start("-XX:TieredStopAtLevel=1", folder, environment, arguments);
    }

    /** One that the JVM makes as fast as it can, for measurements. */
    static DaemonProcess startTuned(Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        return start("-XX:+TieredCompilation", folder, environment, arguments);
    }

    private static DaemonProcess start(String option, Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                option,
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--state-dir",
                folder.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(key -> key.endsWith("_API_KEY") || key.startsWith("EXAI_"));
        builder.environment().putAll(environment);
        Path errors = Files.createTempFile(folder, "stderr-", ".txt");
        builder.redirectError(errors.toFile());
        return new DaemonProcess(builder.start(), errors);
    }

    /** The port, once it listens. */
    int port() throws IOException {
        String line = out.readLine();
        assertThat(line).as("the first line on stdout; stderr: %s", errors()).isNotNull();
        Matcher matcher = LISTENING.matcher(line);
        assertThat(matcher.find()).as(line).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    RawMcp client() throws Exception {
        return new RawMcp("http://127.0.0.1:" + port() + "/mcp").initialize();
    }

    /** The next line of stdout. */
    String line() throws IOException {
        return out.readLine();
    }

    void send(String json) throws IOException {
        BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8);
        in.write(json.replace("\n", " ") + "\n");
        in.flush();
    }

    void endInput() throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).close();
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    int exitValue() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

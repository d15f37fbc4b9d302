package dev.exai.permit.mutants;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process that judges one mutant after the other; one that hangs is killed, and the next gets a new process. */
final class MutantProcess implements AutoCloseable {
    /** What the tests said: which one failed, or that none did, or what was wrong with the mutant itself. */
    record Verdict(String killedBy, String trouble) {
        boolean isKilled() {
            return !killedBy.isEmpty();
        }
    }

    /** How long one test may take before it is taken to hang. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String ENDED = "ENDED";

    private final Path log;
    private @Nullable Process process;
    private BlockingQueue<String> answers;

    MutantProcess(String name) throws IOException {
        this.log = Files.createDirectories(Workshop.TARGET).resolve(name + ".log");
    }

    /** {@return what the tests say of a mutant; the one that is said to fail on it runs first} */
    Verdict judge(Path classes, String saidToFail) throws IOException, InterruptedException {
        PrintStream questions = new PrintStream(alive().getOutputStream(), true, StandardCharsets.UTF_8);
        questions.println(classes + "\t" + saidToFail);
        String running = "";
        while (true) {
            String answer = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (answer == null) {
                close();
                return new Verdict(running + " (it hangs)", "");
            } else if (answer.startsWith(MutantMain.RUNS)) {
                running = answer.substring(MutantMain.RUNS.length());
            } else if (answer.startsWith(MutantMain.KILLED)) {
                return new Verdict(answer.substring(MutantMain.KILLED.length()), "");
            } else if (answer.equals(MutantMain.SURVIVED)) {
                return new Verdict("", "survived: no test failed");
            } else if (answer.startsWith(MutantMain.INVALID)) {
                return new Verdict("", "its classes do not fit together, see " + log);
            } else if (answer.equals(ENDED)) {
                return new Verdict("", "its process ended in " + running + ", see " + log);
            }
        }
    }

    private Process alive() throws IOException {
        Process alive = process;
        if (alive == null || !alive.isAlive()) {
            alive = start();
            process = alive;
        }
        return alive;
    }

    private Process start() throws IOException {
        Process started = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea", // as in the build
                        "-Xmx768m",
                        "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + Workshop.TARGET,
                        "-cp",
                        Workshop.classPath(),
                        MutantMain.class.getName(),
                        log.toString()))
                .directory(new File("").getAbsoluteFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        answers = lines;
        Thread reader = new Thread(() -> read(started, lines), "answers-of-a-mutant");
        reader.setDaemon(true);
        reader.start();
        return started;
    }

    private static void read(Process process, BlockingQueue<String> lines) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(e.toString());
        }
        lines.add(ENDED);
    }

    /** Kills the process, which lives on for a moment: it is forgotten, so that it is not asked again. */
    @Override
    public void close() {
        Process killed = process;
        process = null;
        if (killed != null) {
            killed.destroyForcibly();
        }
    }
}

package dev.exai.permit.mutants;

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Judges mutants in a process of its own. Each line that comes in names a place of changed classes and a test that is
 * said to fail on them; what goes out says which test runs, and at last which one failed.
 */
final class MutantMain {
    static final String RUNS = "RUNS ";
    static final String KILLED = "KILLED ";
    static final String INVALID = "INVALID ";
    static final String SURVIVED = "SURVIVED";

    private final PrintStream answers;
    private final Suite suite;

    private MutantMain(PrintStream answers) {
        this.answers = answers;
        this.suite = new Suite(test -> answers.println(RUNS + test));
    }

    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        PrintStream log = new PrintStream(new FileOutputStream(args[0]), true, StandardCharsets.UTF_8);
        System.setOut(log);
        System.setErr(log);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Logger quiet = Logger.getLogger("net.jqwik");
        quiet.setLevel(Level.WARNING);
        MutantMain main = new MutantMain(answers);
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] parts = line.split("\t", -1);
            log.println("\n==== " + parts[0]);
            answers.println(main.judge(Path.of(parts[0]), parts[1]));
        }
        System.exit(0); // whatever a mutant has left running
    }

    private String judge(Path classes, String saidToFail) throws IOException {
        List<Path> places = new ArrayList<>(List.of(classes));
        places.addAll(Workshop.places());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (MutantLoader loader = new MutantLoader(places)) {
            Thread.currentThread().setContextClassLoader(loader);
            return judge(loader, saidToFail)
                    .map(failure -> {
                        failure.thrown().printStackTrace();
                        return (isInvalid(failure.thrown()) ? INVALID : KILLED) + failure.test();
                    })
                    .orElse(SURVIVED);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private Optional<Suite.Failure> judge(ClassLoader loader, String saidToFail) throws IOException {
        if (!saidToFail.isEmpty()) {
            int dot = saidToFail.indexOf('.');
            String tests = "dev.exai.permit." + saidToFail.substring(0, dot);
            if (Workshop.suite().contains(tests)) {
                Optional<Suite.Failure> failure =
                        suite.run(load(loader, tests), Optional.of(saidToFail.substring(dot + 1)));
                if (failure.isPresent()) {
                    return failure;
                }
            }
        }
        for (String tests : Workshop.suite()) {
            Optional<Suite.Failure> failure = suite.run(load(loader, tests), Optional.empty());
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }

    private static Class<?> load(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A mutant whose classes do not fit together fails every test, and proves nothing. A class that could not be made ready
     * is another thing: a stack that overflows can do that too.
     */
    private static boolean isInvalid(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof IncompatibleClassChangeError
                    || cause instanceof ClassFormatError
                    || cause instanceof VerifyError
                    || cause.getClass() == LinkageError.class) {
                return true;
            }
        }
        return false;
    }
}

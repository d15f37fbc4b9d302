package dev.exai.examples.benchmarks;

import java.io.BufferedReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What a chat costs beside OkHttp and Jackson alone, and beside OpenAI's own client; the server is a process of its own. */
final class Chats {
    private static final String RAW = "OkHttp's enqueue and Jackson's parser";
    private static final String PEER = "openai-java";
    private static final double NONE = Double.NaN;
    private static final int SESSIONS = 4;

    private Chats() {}

    static List<Figure> figures(Scale scale) throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        Path.of(ChatServer.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString(),
                        ChatServer.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = server.inputReader(StandardCharsets.UTF_8)) {
            return figures(scale, Integer.parseInt(lines.readLine()));
        } finally {
            server.destroy();
        }
    }

    private static List<Figure> figures(Scale scale, int port) throws Exception {
        List<Figure> figures = new ArrayList<>();
        Paired.Turns turns = longer(scale.turns());
        try (RawChat raw = new RawChat(port);
                Chat peer = new OpenAiJavaChat(port);
                Chat ours = new OurChat(port)) {
            check(raw, peer, ours);
            String whole = "one chat with stream(false)";
            figures.add(Figure.of(whole, RAW, Paired.compare(asking(raw), asking(ours), turns))
                    .within(Figure.Bound.RATIO, 1.25, 1.1));
            figures.add(Figure.of(whole, PEER, Paired.compare(asking(peer), asking(ours), turns))
                    .within(Figure.Bound.RATIO, 0.5, 0.4));
            Side floor = repeated(() -> {
                raw.askOnThisThread();
                return 1;
            });
            figures.add(Figure.of(
                    "OkHttp alone, on the asking thread, without JSON",
                    PEER,
                    Paired.compare(asking(peer), floor, turns)));
            String several = whole + ", " + SESSIONS + " callers at once";
            figures.add(Figure.of(several, RAW, Paired.compare(atOnce(raw), atOnce(ours), turns)));
            figures.add(Figure.of(several, PEER, Paired.compare(atOnce(peer), atOnce(ours), turns)));
            figures.add(bytes(whole + ", allocation", RAW, scale, Chats::asking, raw, ours, 16 << 10, 12 << 10));
            figures.add(bytes(whole + ", allocation", PEER, scale, Chats::asking, peer, ours, NONE, NONE));
            String piece = "a piece of a stream, in a burst of " + ChatServer.PIECES;
            figures.add(Figure.of(piece, RAW, Paired.compare(streaming(raw), streaming(ours), turns))
                    .within(Figure.Bound.RATIO, 1.5, 1.1));
            figures.add(Figure.of(piece, PEER, Paired.compare(streaming(peer), streaming(ours), turns))
                    .within(Figure.Bound.RATIO, 0.2, 0.1));
            figures.add(bytes(piece + ", allocation", RAW, scale, Chats::streaming, raw, ours, 1_638, 1_229));
            figures.add(bytes(piece + ", allocation", PEER, scale, Chats::streaming, peer, ours, NONE, NONE));
            String first = "until the first piece of a stream is told";
            figures.add(Figure.of(first, RAW, Paired.compare(firstWord(raw), firstWord(ours), turns))
                    .within(Figure.Bound.MORE, 300_000, 100_000));
            figures.add(Figure.of(first, PEER, Paired.compare(firstWord(peer), firstWord(ours), turns)));
        }
        return figures;
    }

    /** A chat goes through many times the code of a permit, a hundredth as often: ten times as long to warm up. */
    private static Paired.Turns longer(Paired.Turns turns) {
        return new Paired.Turns(10 * turns.warmup(), turns.pairs(), turns.windowNanos(), 2 * turns.atMostNanos());
    }

    /** All must get the same, or a comparison means nothing. */
    private static void check(Chat... all) throws Exception {
        int whole = all[0].ask();
        int streamed = all[0].stream();
        for (Chat each : all) {
            if (each.ask() != whole || each.stream() != streamed || whole == 0 || streamed == 0) {
                throw new IllegalStateException(each.getClass().getSimpleName() + " got something else");
            }
        }
    }

    private interface Times {
        Side of(Chat chat);
    }

    private static Figure bytes(
            String what, String beside, Scale scale, Times side, Chat reference, Chat ours, double must, double goal)
            throws Exception {
        double there = bytes(side.of(reference), scale);
        double here = bytes(side.of(ours), scale);
        return Figure.of(what, beside, "B", there, here, Spread.of(here / there))
                .within(Figure.Bound.COST, must, goal);
    }

    /** {@return what all threads together allocate for one operation, in the median of some windows} */
    private static double bytes(Side side, Scale scale) throws Exception {
        int windows = Math.max(3, scale.turns().pairs() / 4);
        double[] each = new double[windows];
        side.work(scale.turns().windowNanos());
        for (int i = 0; i < windows; i++) {
            long before = allocated();
            Sample sample = side.work(scale.turns().windowNanos());
            each[i] = (double) (allocated() - before) / sample.operations();
        }
        return Spread.of(each).median();
    }

    private static long allocated() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    private static Side asking(Chat chat) {
        return repeated(() -> {
            chat.ask();
            return 1;
        });
    }

    private static Side streaming(Chat chat) {
        return repeated(() -> {
            chat.stream();
            return ChatServer.PIECES;
        });
    }

    /** Several ask at the same time, each one chat after the other: what counts then is work, not waiting. */
    private static Side atOnce(Chat chat) {
        return nanos -> {
            ExecutorService callers = Executors.newFixedThreadPool(SESSIONS);
            try {
                Callable<Sample> caller = () -> asking(chat).work(nanos);
                long start = System.nanoTime();
                long operations = 0;
                for (Future<Sample> each : callers.invokeAll(Collections.nCopies(SESSIONS, caller))) {
                    operations += each.get().operations();
                }
                return new Sample(System.nanoTime() - start, operations);
            } finally {
                callers.shutdown();
            }
        };
    }

    private interface Round {
        int operations() throws Exception;
    }

    private static Side repeated(Round round) {
        return nanos -> {
            long start = System.nanoTime();
            long operations = 0;
            do {
                operations += round.operations();
            } while (System.nanoTime() - start < nanos);
            return new Sample(System.nanoTime() - start, operations);
        };
    }

    private static Side firstWord(Chat chat) {
        return nanos -> {
            long start = System.nanoTime();
            long sum = 0;
            long operations = 0;
            do {
                sum += chat.nanosToFirstWord();
                operations++;
            } while (System.nanoTime() - start < nanos);
            return new Sample(sum, operations);
        };
    }
}

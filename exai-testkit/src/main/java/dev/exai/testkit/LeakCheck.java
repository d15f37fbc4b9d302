package dev.exai.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.Exai;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.script.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Finds what a test leaves over, and says whose it is.
 *
 * <p>It watches what it is given, and the threads whose names begin with {@code exai-} and that were not there when
 * it started. What is left is given some time to go away, because ends are reported by other threads. Safe for use
 * by many threads.
 *
 * <pre>{@code
 * LeakCheck leaks = LeakCheck.start();
 * try (Exai exai = Exai.builder(provider).build()) {
 *     leaks.watch(exai);
 *     ...
 * }
 * leaks.assertNothingLeft(Duration.ofSeconds(2));
 * }</pre>
 */
public final class LeakCheck {
    private static final long POLL_NANOS = 2_000_000;

    private final ThreadLeaks threads = ThreadLeaks.start();
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<Watched> watched = new ArrayList<>();

    @GuardedBy("lock")
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    private record Watched(String what, Supplier<List<String>> leftovers) {
        List<String> lines() {
            try {
                return leftovers.get().stream().map(line -> what + ": " + line).toList();
            } catch (RuntimeException e) {
                return List.of(what + ": cannot be asked: " + e);
            }
        }
    }

    private LeakCheck() {}

    /** {@return a check that takes the threads of now as given} */
    public static LeakCheck start() {
        return new LeakCheck();
    }

    /**
     * Watches something.
     *
     * @param what what it is called in a failure
     * @param leftovers gives a line for each thing that is left, naming its owner; empty if all is well
     * @return this check
     */
    public LeakCheck watch(String what, Supplier<List<String>> leftovers) {
        Watched added =
                new Watched(Objects.requireNonNull(what, "what"), Objects.requireNonNull(leftovers, "leftovers"));
        synchronized (lock) {
            watched.add(added);
        }
        return this;
    }

    /**
     * Watches a library instance: its permits, its open sessions, their calls and the listeners of those, code of users
     * that has not returned, its zombies, and whether its pool's counts are right. Each is named with its owner and with
     * where it was asked for, or where it is now.
     *
     * @param exai the instance
     * @return this check
     */
    public LeakCheck watch(Exai exai) {
        return watch("exai", ExaiLeaks.of(exai, false)::leftovers);
    }

    /**
     * Watches a library instance that other tests use too: what is there now is not this test's, and may stay. Of sessions
     * and calls that were there, what came to them since is looked at: calls, permits and listeners.
     *
     * @param exai the instance
     * @return this check
     */
    public LeakCheck watchShared(Exai exai) {
        return watch("exai", ExaiLeaks.of(exai, true)::leftovers);
    }

    /**
     * Watches a scripted provider's exchanges.
     *
     * @param provider the provider
     * @return this check
     */
    public LeakCheck watch(ScriptedProvider provider) {
        return watch("exchange open at " + provider.id(), provider::openExchanges);
    }

    /**
     * Watches a fake server's exchanges and connections. A client that keeps connections for later must be closed
     * before the check.
     *
     * @param server the server
     * @return this check
     */
    public LeakCheck watch(FakeProviderServer server) {
        return watchExchanges(server).watch("socket open at server", server::openConnections);
    }

    /**
     * Watches a fake server's exchanges, and not the connections that clients keep open.
     *
     * @param server the server
     * @return this check
     */
    public LeakCheck watchExchanges(FakeProviderServer server) {
        return watch("exchange open at server", server::openExchanges);
    }

    /**
     * Takes over the closing of something: it is closed after what is watched was asked, the last one first, and
     * before the threads are counted.
     *
     * @param <T> its type
     * @param closeable what to close
     * @return the same
     */
    public <T extends AutoCloseable> T closeAtEnd(T closeable) {
        synchronized (lock) {
            owned.push(closeable);
        }
        return closeable;
    }

    /** {@return what is left now, one line each; nothing is waited for or closed} */
    public List<String> leftovers() {
        List<String> lines = new ArrayList<>(watchedLeftovers());
        lines.addAll(threads.leftovers());
        return lines;
    }

    private List<String> watchedLeftovers() {
        List<Watched> all;
        synchronized (lock) {
            all = List.copyOf(watched);
        }
        return all.stream().flatMap(each -> each.lines().stream()).toList();
    }

    /**
     * Checks that nothing is left.
     *
     * @param grace how long what is left may take to go away
     * @throws AssertionError if something stays; the message names each thing, its owner and where it comes from
     */
    public void assertNothingLeft(Duration grace) {
        List<String> left = new ArrayList<>(await(this::watchedLeftovers, grace));
        left.addAll(closeOwned());
        left.addAll(await(threads::leftovers, grace));
        if (!left.isEmpty()) {
            throw new AssertionError("left over after " + grace + ":\n  " + String.join("\n  ", left));
        }
    }

    private List<String> closeOwned() {
        List<AutoCloseable> all;
        synchronized (lock) {
            all = List.copyOf(owned);
            owned.clear();
        }
        List<String> failures = new ArrayList<>();
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                failures.add("closing " + each + " threw " + e);
            }
        }
        return failures;
    }

    /** Asks again and again until nothing is left or the time is up. */
    private static List<String> await(Supplier<List<String>> leftovers, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        List<String> left = leftovers.get();
        while (!left.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
            // An interrupt that the test left behind must not turn waiting into spinning.
            interrupted |= Thread.interrupted();
            left = leftovers.get();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return left;
    }

    @Override
    public String toString() {
        return "LeakCheck" + leftovers();
    }
}

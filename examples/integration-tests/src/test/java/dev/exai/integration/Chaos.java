package dev.exai.integration;

import dev.exai.Exai;
import dev.exai.call.CallState;
import dev.exai.permit.PermitLimits;
import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.spi.ApiKey;
import dev.exai.testkit.LeakCheck;
import dev.exai.testkit.http.ConnectionFault;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.WireFormat;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One library instance under faults of all kinds, cancels, closes and resizes, in rounds. The servers are new in each
 * round, at the same ports, so that what they remember of requests does not count as growth; the library stays.
 */
final class Chaos implements AutoCloseable {
    private static final int WORKERS = 12;
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Random random;
    private final long seed;
    private final LeakCheck leaks = LeakCheck.start();
    private final Exai exai;
    private final int glmPort;
    private final int kimiPort;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Map<CallState, Long> ends = new EnumMap<>(CallState.class);
    private long resizes;

    Chaos(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        try (FakeProviderServer glm = FakeProviderServer.glm();
                FakeProviderServer kimi = FakeProviderServer.kimi()) {
            glmPort = glm.port();
            kimiPort = kimi.port();
            exai = Exai.builder(
                            GlmProvider.builder(ApiKey.of(Vendor.KEY))
                                    .baseUrl(glm.baseUrl().toString())
                                    .build(),
                            KimiProvider.builder(ApiKey.of(Vendor.KEY))
                                    .baseUrl(kimi.baseUrl().toString())
                                    .build())
                    .seed(seed)
                    .build();
        }
        leaks.watch(exai);
    }

    /** Rages for so long; returns the heap in use at rest after each round, in bytes. */
    List<Long> run(Duration length, int rounds) throws Exception {
        List<Long> heap = new ArrayList<>();
        for (int round = 0; round < rounds && failures.isEmpty(); round++) {
            round(length.dividedBy(rounds), round);
            heap.add(usedHeap());
        }
        return heap;
    }

    private void round(Duration length, int round) throws Exception {
        try (FakeProviderServer glm = ChaosWeather.over(
                        FakeProviderServer.builder(WireFormat.GLM).port(glmPort), seed + round);
                FakeProviderServer kimi = ChaosWeather.over(
                        FakeProviderServer.builder(WireFormat.KIMI).port(kimiPort), seed - round)) {
            List<ChaosWorker> workers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                ChaosWorker worker = new ChaosWorker(exai, random.nextLong(), failures);
                Thread thread = new Thread(worker, "soak-worker-" + i);
                workers.add(worker);
                threads.add(thread);
                thread.start();
            }
            disturb(length, List.of(glm, kimi));
            workers.forEach(ChaosWorker::stop);
            for (Thread thread : threads) {
                thread.join(GRACE.toMillis());
                if (thread.isAlive()) {
                    failures.add(thread.getName() + " hangs: " + List.of(thread.getStackTrace()));
                }
            }
            for (ChaosWorker worker : workers) {
                worker.ends().forEach((state, count) -> ends.merge(state, count, Long::sum));
            }
            rest(List.of(glm, kimi));
        }
    }

    /** Changes limits and breaks connections while the workers work, and recounts the pool all the while. */
    private void disturb(Duration length, List<FakeProviderServer> servers) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (System.nanoTime() - end < 0 && failures.isEmpty()) {
            if (never.await(5 + random.nextInt(30), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nobody opens this latch");
            }
            // Else one answer in eighty parks a provider for ten minutes, and nearly nothing would go over a socket.
            exai.resume("glm");
            exai.resume("kimi");
            switch (random.nextInt(8)) {
                case 0 -> resize();
                case 1 -> {
                    ConnectionFault[] faults = ConnectionFault.values();
                    servers.get(random.nextInt(servers.size()))
                            .connection(1 + random.nextInt(3), faults[random.nextInt(faults.length)]);
                }
                default -> exai.audit().problems().forEach(problem -> failures.add("in mid-chaos: " + problem));
            }
        }
    }

    private void resize() {
        resizes++;
        exai.resize(PermitLimits.builder()
                .global(4 + random.nextInt(8))
                .provider("glm", 1 + random.nextInt(4))
                .provider("kimi", 1 + random.nextInt(4))
                .session(1 + random.nextInt(4))
                .build());
    }

    /** All workers have closed their sessions: soon nothing is left, on either side. */
    private void rest(List<FakeProviderServer> servers) throws InterruptedException {
        if (!exai.snapshot().isIdle()) {
            failures.add("not idle once all sessions are closed: " + exai.audit());
        }
        long end = System.nanoTime() + GRACE.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (exai.zombies() > 0 && System.nanoTime() - end < 0) {
            if (never.await(5, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nobody opens this latch");
            }
        }
        if (exai.zombies() > 0 || !exai.sessions().isEmpty()) {
            failures.add(exai.zombies() + " zombies and " + exai.sessions() + " are left");
        }
        for (FakeProviderServer server : servers) {
            try {
                server.awaitNoOpenExchanges(GRACE);
            } catch (AssertionError open) {
                failures.add(open.getMessage());
            }
        }
    }

    /** Ends the library, and finds what it leaves. */
    @Override
    public void close() {
        exai.close();
        try {
            leaks.assertNothingLeft(GRACE);
        } catch (AssertionError left) {
            failures.add(left.getMessage());
        }
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    Map<CallState, Long> ends() {
        return ends;
    }

    private static long usedHeap() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public String toString() {
        return "calls by their end: " + ends + ", " + resizes + " resizes";
    }
}

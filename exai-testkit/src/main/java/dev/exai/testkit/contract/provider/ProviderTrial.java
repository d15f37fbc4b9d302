package dev.exai.testkit.contract.provider;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.SessionId;
import dev.exai.context.SystemScheduler;
import dev.exai.message.ChatRequest;
import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.internal.RuleBroken;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One trial of one rule: starts the upstream, makes providers and threads, and ends them all.
 *
 * <p>No wait here is without a limit. For what must happen a provider has the patience of the contract; one that needs
 * it all is broken, so only broken ones cost that time.
 */
final class ProviderTrial implements AutoCloseable {
    /** Must be seen nowhere; in the shape that providers with a key in two parts want. */
    static final List<String> KEY_PARTS = List.of("canary0123456789canary", "secretcanary0123");

    static final String KEY = String.join(".", KEY_PARTS);

    /** What must not happen would happen in this time. */
    private static final Duration WHILE = Duration.ofMillis(30);

    private static final SystemScheduler CLOCK = SystemScheduler.create("contract-clock"); // a clock, never a thread

    private final ProviderFixture fixture;
    private final int rounds;
    private final SplittableRandom random;
    private final Duration patience;
    private final AtomicInteger prompts = new AtomicInteger();
    private final List<String> leftOut = new ArrayList<>();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Queue<AutoCloseable> made = new ConcurrentLinkedQueue<>();
    private final Upstream upstream;
    private @Nullable Provider provider;
    private int asked;

    ProviderTrial(ProviderFixture fixture, int rounds, long seed, Duration patience) {
        this.fixture = fixture;
        this.rounds = rounds;
        this.random = new SplittableRandom(seed);
        this.patience = patience;
        this.upstream = fixture.start();
    }

    int rounds() {
        return rounds;
    }

    long random(long bound) {
        return random.nextLong(bound);
    }

    boolean offers(ProviderFeature feature) {
        return fixture.features().contains(feature);
    }

    /** {@return the provider that most rules ask} */
    Provider provider() {
        Provider made = provider;
        if (made == null) {
            made = newProvider();
            provider = made;
        }
        return made;
    }

    Provider newProvider() {
        Provider fresh = upstream.connect(KEY);
        made.add(fresh);
        return fresh;
    }

    /** {@return a provider that tries to connect there} */
    Provider providerAt(InetSocketAddress address) {
        Optional<Provider> fresh = upstream.connectTo(address, KEY);
        fresh.ifPresent(made::add);
        return fresh.orElseThrow(() -> new NotTried("it connects to nothing"));
    }

    // ---- asking

    Asked ask(UpstreamAnswer answer) {
        return ask(answer, new Witness());
    }

    Asked ask(UpstreamAnswer answer, Witness witness) {
        return ask(provider(), answer, witness, LivenessLimits.plain());
    }

    Asked ask(Provider whom, UpstreamAnswer answer, Witness witness, LivenessLimits limits) {
        String prompt = newPrompt();
        prepare(prompt, answer);
        return open(whom, prompt, answer, witness, limits);
    }

    /** Asks where nothing is prepared: at an address where nobody answers. */
    Asked askNobody(Provider whom, LivenessLimits limits) {
        return open(whom, newPrompt(), UpstreamAnswer.of(UpstreamAnswer.Ending.SILENCE), new Witness(), limits);
    }

    private Asked open(Provider whom, String prompt, UpstreamAnswer answer, Witness witness, LivenessLimits limits) {
        asked++;
        ProviderCall call = call(whom, ChatRequest.of(prompt), limits);
        return new Asked(this, prompt, answer, witness, whom.open(call, witness));
    }

    String newPrompt() {
        return "question number " + prompts.incrementAndGet() + " of all.";
    }

    void prepare(String prompt, UpstreamAnswer answer) {
        try {
            upstream.answer(prompt, answer);
        } catch (UnsupportedOperationException e) {
            throw new NotTried("the upstream cannot do: " + answer);
        }
    }

    static ProviderCall call(Provider whom, ChatRequest request, LivenessLimits limits) {
        CallContext context =
                CallContext.create(SessionId.of("contract"), "trial", Deadline.after(Duration.ofMinutes(5), CLOCK));
        return ProviderCall.of(context, modelOf(whom), request, 1, limits);
    }

    private static ModelInfo modelOf(Provider whom) {
        List<ModelInfo> catalog = whom.catalog();
        return catalog.isEmpty() ? ModelInfo.unknown("some-model") : catalog.get(0);
    }

    /** Does the same for each answer that the upstream can give; the rest is left out, and named. */
    void forEach(List<UpstreamAnswer> answers, Consumer<UpstreamAnswer> body) {
        for (UpstreamAnswer answer : answers) {
            try {
                body.accept(answer);
            } catch (NotTried e) {
                leftOut.add(e.getMessage());
            }
        }
    }

    /** {@return what of the rule could not be tried; if that is all of it, throws} */
    String leftOut() {
        String all = String.join("; ", leftOut);
        if (asked == 0 && !leftOut.isEmpty()) {
            throw new NotTried(all);
        }
        return all;
    }

    List<String> requests() {
        try {
            return upstream.requests();
        } catch (UnsupportedOperationException e) {
            throw new NotTried("the upstream does not say what arrived");
        }
    }

    long requestsWith(String prompt) {
        return requests().stream().filter(request -> request.contains(prompt)).count();
    }

    /** Checks that nobody is left whom the upstream answers. */
    void expectNoneInFlight(String after) {
        AtomicInteger left = new AtomicInteger();
        try {
            boolean gone = eventually(() -> {
                left.set(upstream.inFlight());
                return left.get() == 0;
            });
            expect(gone, after + " the upstream still answers " + left);
        } catch (UnsupportedOperationException e) {
            throw new NotTried("the upstream does not say who is still there");
        }
    }

    // ---- judging

    static void expect(boolean condition, String orElse) {
        if (!condition) {
            throw new RuleBroken(orElse);
        }
    }

    void expectEventually(BooleanSupplier condition, String orElse) {
        expect(eventually(condition), orElse);
    }

    /** Whether a condition comes true while the patience lasts. */
    boolean eventually(BooleanSupplier condition) {
        return comesTrue(condition, patience);
    }

    private static boolean comesTrue(BooleanSupplier condition, Duration limit) {
        long start = System.nanoTime();
        for (int i = 0; !condition.getAsBoolean(); i++) {
            if (System.nanoTime() - start > limit.toNanos()) {
                return condition.getAsBoolean();
            }
            LockSupport.parkNanos(i < 100 ? 20_000 : 500_000);
            expect(!Thread.currentThread().isInterrupted(), "the trial was interrupted");
        }
        return true;
    }

    /** Lets the time pass in which something would happen that must not. */
    void letPass() {
        comesTrue(() -> false, WHILE);
    }

    /** Checks that something comes back while the patience lasts, and throws nothing. */
    void returns(String what, Runnable action) {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread thread = start("caller", () -> {
            try {
                action.run();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        expectEventually(() -> !thread.isAlive(), what + " does not return");
        expect(thrown.get() == null, what + " throws " + thrown.get());
    }

    Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, "contract-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    static String describe(Object end) {
        return end instanceof ReplyEnd ? "completed" : end instanceof Throwable e ? e.toString() : end.toString();
    }

    @Override
    public void close() {
        made.forEach(each -> closeQuietly(each, "closer"));
        closeQuietly(upstream, "upstream");
        threads.forEach(Thread::interrupt);
    }

    /** On a thread of its own, because it may never come back; what it throws was judged before, or will be. */
    private void closeQuietly(AutoCloseable each, String name) {
        Thread thread = start(name, () -> {
            try {
                each.close();
            } catch (Exception | Error e) {
                // not what this rule is about
            }
        });
        comesTrue(() -> !thread.isAlive(), patience);
    }
}

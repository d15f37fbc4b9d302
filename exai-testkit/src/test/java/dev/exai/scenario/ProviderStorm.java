package dev.exai.scenario;

import dev.exai.Exai;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PermitLimits;
import dev.exai.session.Session;
import dev.exai.spi.ProviderCall;
import dev.exai.testkit.script.Failures;
import dev.exai.testkit.script.Script;
import dev.exai.testkit.script.ScriptedProvider;
import dev.exai.testkit.time.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two hundred sessions on two providers, one of which is sick for five virtual minutes: a hundred ask the one by name, a
 * hundred the other. Each makes a call, thinks for ten seconds, and makes the next.
 */
final class ProviderStorm {
    enum Sickness {
        NONE,
        ALL_FAIL,
        A_THIRD_FAILS,
        FLAPPING,
        SILENT
    }

    private static final int SESSIONS_EACH = 100;
    private static final Duration FALLS_SICK = Duration.ofMinutes(2);
    private static final Duration HEALS = Duration.ofMinutes(7);
    private static final Duration ENDS = Duration.ofMinutes(11);

    private final Simulation sim;
    private final Sickness sickness;
    private final ScriptedProvider glm;
    private final ScriptedProvider kimi;
    private final Exai exai;
    private final Random chance;

    private int callsWhileSick;
    private int openedWhileSick;
    private int goodWhileSick;
    private final Set<String> reached = new HashSet<>();
    private int retries;
    private final List<Long> otherMillis = new ArrayList<>();
    private @Nullable Duration firstGoodAfter;
    private Duration lastBadAfter = Duration.ZERO;

    private ProviderStorm(long seed, Sickness sickness) {
        this.sim = Simulation.withSeed(seed);
        this.sickness = sickness;
        this.chance = new Random(seed * 7919 + sickness.name().length());
        this.glm = ScriptedProvider.named("glm", sim.scheduler())
                .script(this::lookAt, sick())
                .script(answer());
        this.kimi = ScriptedProvider.named("kimi", sim.scheduler()).script(answer());
        this.exai = Exai.builder(glm, kimi)
                .limits(PermitLimits.builder()
                        .global(60)
                        .provider("glm", 30)
                        .provider("kimi", 30)
                        .build())
                .scheduler(sim.scheduler())
                .executor(sim.executor())
                .effectsExecutor(sim.executor())
                .seed(seed)
                .build();
    }

    private Script answer() {
        return Script.after(() -> Duration.ofMillis(500 + chance.nextInt(1_000)))
                .chunk("ok")
                .complete();
    }

    private Script sick() {
        return sickness == Sickness.SILENT
                ? Script.opened().hang()
                : Script.after(Duration.ofMillis(200)).fail(() -> Failures.unavailable("glm"));
    }

    /** Notes who asks, and says whether it goes wrong. */
    private boolean lookAt(ProviderCall asked) {
        if (!isSick()) {
            return false;
        }
        openedWhileSick++;
        if (!reached.add(asked.context().callId().value())) {
            retries++;
        }
        return switch (sickness) {
            case NONE -> false;
            case ALL_FAIL, SILENT -> true;
            case A_THIRD_FAILS -> chance.nextInt(10) < 3;
            case FLAPPING -> sim.now().minus(FALLS_SICK).toSeconds() / 20 % 2 == 0;
        };
    }

    private boolean isSick() {
        return sim.now().compareTo(FALLS_SICK) >= 0 && sim.now().compareTo(HEALS) < 0;
    }

    static ProviderStorm play(long seed, Sickness sickness) {
        ProviderStorm storm = new ProviderStorm(seed, sickness);
        for (int i = 0; i < SESSIONS_EACH; i++) {
            storm.converse("glm", i);
            storm.converse("kimi", i);
        }
        storm.sim.maxSteps(10_000_000).runFor(ENDS);
        return storm;
    }

    private void converse(String provider, int number) {
        Session session = exai.openSession(provider + "-" + number);
        ChatRequest request =
                ChatRequest.builder("hello").model(provider + "-standard").build();
        Random random = new Random(sim.seed() * 1_000 + number * 2L + provider.length());
        later(random.nextInt(11_000), () -> ask(session, request, random));
    }

    private void ask(Session session, ChatRequest request, Random random) {
        Duration began = sim.now();
        boolean whileSick = isSick();
        boolean ofSick = request.model().startsWith("glm");
        if (whileSick && ofSick) {
            callsWhileSick++;
        }
        session.chat(request, Rig.within(120)).toCompletableFuture().whenComplete((reply, failure) -> {
            if (ofSick) {
                ended(reply, whileSick);
            } else if (whileSick) {
                otherMillis.add(sim.now().minus(began).toMillis());
            }
            later(9_000 + random.nextInt(2_000), () -> ask(session, request, random));
        });
    }

    private void ended(@Nullable ChatReply reply, boolean whileSick) {
        if (whileSick && reply != null) {
            goodWhileSick++;
        }
        if (sim.now().compareTo(HEALS) >= 0) {
            if (reply == null) {
                lastBadAfter = sim.now().minus(HEALS);
            } else if (firstGoodAfter == null) {
                firstGoodAfter = sim.now().minus(HEALS);
            }
        }
    }

    private void later(long millis, Runnable task) {
        sim.scheduler().schedule(Duration.ofMillis(millis), task);
    }

    /** Retries by calls made, while it was sick. */
    double extraLoad() {
        return (double) retries / callsWhileSick;
    }

    /** What the sick provider was asked, by what it would have been asked if each call had asked it once. */
    double load() {
        return (double) openedWhileSick / callsWhileSick;
    }

    Duration firstGoodAfter() {
        return firstGoodAfter == null ? ENDS : firstGoodAfter;
    }

    Duration lastBadAfter() {
        return lastBadAfter;
    }

    /** How long calls at the other provider took, of 100 the 95th. */
    double otherP95Seconds() {
        Collections.sort(otherMillis);
        return otherMillis.get((int) Math.ceil(otherMillis.size() * 0.95) - 1) / 1_000.0;
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "%-14s calls %4d  good %3d %%  asked %4d (%3d %%)  retries %3d (%4.1f %%)  well after %4.1f s, last failure"
                        + " %5.1f s  other p95 %4.2f s",
                sickness.toString().toLowerCase(Locale.ROOT).replace('_', ' '),
                callsWhileSick,
                Math.round(100.0 * goodWhileSick / callsWhileSick),
                openedWhileSick,
                Math.round(100 * load()),
                retries,
                100 * extraLoad(),
                firstGoodAfter().toMillis() / 1_000.0,
                lastBadAfter.toMillis() / 1_000.0,
                otherP95Seconds());
    }
}

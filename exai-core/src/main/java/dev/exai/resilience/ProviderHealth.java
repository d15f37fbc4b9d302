package dev.exai.resilience;

import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.error.CircuitOpenException;
import dev.exai.error.CircuitOpenException.Reason;
import dev.exai.permit.PoolSnapshot;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What is known of a provider: its account, its zombies, its retries. */
final class ProviderHealth {
    /** More waiting calls than this for each unit of the limit are many. */
    private static final int MANY_WAIT = 4;

    /** Nobody can say when zombies end; who comes is told to ask again after this. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    final ProviderId provider;
    final Circuit account;
    final RetryBudget budget;
    private final int maxZombies;
    private final AtomicInteger zombies = new AtomicInteger();

    /** Whether the last that was told is that there are too many. */
    private final AtomicBoolean zombiesTold = new AtomicBoolean();

    ProviderHealth(ProviderId provider, Scheduler scheduler, Resilience rules) {
        this.provider = provider;
        this.account = new Circuit(provider.value(), scheduler, rules);
        this.budget = new RetryBudget(scheduler, rules);
        this.maxZombies = rules.maxZombies();
    }

    String name() {
        return provider.value();
    }

    /** One more; true if that is the first one too many. */
    boolean zombieBorn() {
        return zombies.incrementAndGet() == maxZombies + 1;
    }

    /** One less; true if that was the last one too many. */
    boolean zombieGone() {
        return zombies.decrementAndGet() == maxZombies;
    }

    /** Whether there are too many, if that has changed since it was last asked for; null if not. */
    @Nullable
    Boolean zombiesChanged() {
        boolean tooMany = zombies.get() > maxZombies;
        return zombiesTold.compareAndSet(!tooMany, tooMany) ? tooMany : null;
    }

    @Nullable
    CircuitOpenException zombieRefusal() {
        int count = zombies.get();
        return count <= maxZombies
                ? null
                : new CircuitOpenException(
                        provider + " is not asked, because " + count + " aborted exchanges have not ended",
                        Reason.ZOMBIES,
                        LOOK_AGAIN,
                        null);
    }

    @Nullable
    CircuitOpenException refusal() {
        CircuitOpenException parked = account.refusal();
        return parked != null ? parked : zombieRefusal();
    }

    Condition condition(PoolSnapshot.@Nullable Usage usage) {
        if (account.isShut() || zombies.get() > maxZombies) {
            return Condition.DOWN;
        }
        boolean strained =
                usage != null && (usage.limit() < usage.configured() || usage.waiting() > MANY_WAIT * usage.limit());
        return strained ? Condition.STRAINED : Condition.WELL;
    }

    HealthReport.OfProvider report(PoolSnapshot.@Nullable Usage usage) {
        return new HealthReport.OfProvider(
                provider,
                condition(usage),
                account.isOpen(),
                account.untilProbe(),
                zombies.get(),
                budget.remaining(),
                usage == null ? 0 : usage.limit(),
                usage == null ? 0 : usage.configured(),
                usage == null ? 0 : usage.inUse(),
                usage == null ? 0 : usage.waiting());
    }
}

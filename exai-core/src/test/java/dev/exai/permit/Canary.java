package dev.exai.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.ProviderId;
import dev.exai.context.Scheduler;
import dev.exai.context.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Takes a full set of permits at every level of an idle pool, one after the other: as many as the limits say and not one
 * more. For pools that keep no unit back.
 */
final class Canary {
    private final PermitPool pool;
    private final Scheduler clock;
    private final List<String> providers;
    private final PermitLimits limits;
    private final List<PermitPath> models = new ArrayList<>();
    private List<String> sessions = List.of("fresh");

    private Canary(PermitPool pool, Scheduler clock, List<String> providers) {
        this.pool = pool;
        this.clock = clock;
        this.providers = providers;
        this.limits = pool.limits();
    }

    static Canary of(PermitPool pool, Scheduler clock, List<String> providers) {
        return new Canary(pool, clock, providers);
    }

    Canary model(String provider, String model) {
        models.add(PermitPath.of(SessionId.of("any"), ProviderId.of(provider), model));
        return this;
    }

    Canary sessions(List<String> ids) {
        sessions = ids;
        return this;
    }

    void sing() {
        assertThat(pool.snapshot().isIdle()).as("%s", pool).isTrue();
        global();
        providers.forEach(this::provider);
        models.forEach(this::model);
        sessions.forEach(this::session);
        assertThat(pool.audit().problems()).isEmpty();
    }

    private void global() {
        int sum = providers.stream().mapToInt(this::ofProvider).sum();
        fill("global", Math.min(limits.global(), sum), i -> path("bird-" + i, i));
    }

    private void provider(String id) {
        int most = Math.min(limits.global(), ofProvider(id));
        fill(id, most, i -> PermitPath.of(SessionId.of("bird-" + i), ProviderId.of(id)));
    }

    private void model(PermitPath of) {
        String id = of.model().orElseThrow();
        int ofModel = limits.model(of.provider(), id).orElse(Integer.MAX_VALUE);
        int most = Math.min(ofModel, Math.min(limits.global(), limits.provider(of.provider())));
        fill(id, most, i -> PermitPath.of(SessionId.of("bird-" + i), of.provider(), id));
    }

    private void session(String id) {
        SessionId session = SessionId.of(id);
        int most = Math.min(limits.global(), limits.session(session));
        int everywhere = 0;
        for (String provider : providers) {
            int here = Math.min(ofProvider(provider), limits.sessionAt(ProviderId.of(provider)));
            everywhere += here;
            fill(id + " at " + provider, Math.min(most, here), i -> PermitPath.of(session, ProviderId.of(provider)));
        }
        fill(id, Math.min(most, everywhere), i -> path(id, i));
    }

    private int ofProvider(String id) {
        return limits.provider(ProviderId.of(id));
    }

    private PermitPath path(String session, int i) {
        return PermitPath.of(SessionId.of(session), ProviderId.of(providers.get(i % providers.size())));
    }

    /** Takes permits until the level is full; the n-th path says where, and it is full when no provider takes one more. */
    private void fill(String level, int most, IntFunction<PermitPath> paths) {
        List<Permit> taken = new ArrayList<>();
        int refused = 0;
        for (int i = 0; refused < providers.size() && taken.size() <= most; i++) {
            Optional<Permit> permit = take(paths.apply(i));
            refused = permit.isPresent() ? 0 : refused + 1;
            permit.ifPresent(taken::add);
        }
        assertThat(taken).as("%s, of %s", level, pool).hasSize(most);
        taken.forEach(Permit::close);
    }

    private Optional<Permit> take(PermitPath path) {
        return pool.tryAcquire(
                path, CallContext.create(path.session(), "canary", Deadline.after(Duration.ofMinutes(1), clock)));
    }
}

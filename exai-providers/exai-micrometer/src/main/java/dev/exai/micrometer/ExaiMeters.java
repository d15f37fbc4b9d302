package dev.exai.micrometer;

import dev.exai.Exai;
import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.context.ProviderId;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.DeadlineExceededException;
import dev.exai.error.ErrorContext;
import dev.exai.error.ExaiException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.permit.PoolSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Meters of one {@link Exai}: what is in use and what waits at each level, and how calls end.
 *
 * <pre>{@code
 * ExaiMeters meters = ExaiMeters.of(exai, registry, "glm", "kimi");
 * meters.bind();                              // gauges and counters of the pool
 * meters.observe(session.chat(request), request);
 * }</pre>
 *
 * <p>{@code exai.call.timeouts} answers which calls time out: by provider, model, whether thinking and web
 * search were asked for, and the limit that fired. Tags have no content and no ids of sessions or calls, and a model that the
 * catalogue does not have is {@code other}, so their number stays small. Safe for use by many threads.
 */
public final class ExaiMeters {
    private static final String NONE = "none";
    private static final String OTHER = "other";

    private final Exai exai;
    private final MeterRegistry registry;
    private final List<ProviderId> providers;

    private ExaiMeters(Exai exai, MeterRegistry registry, List<ProviderId> providers) {
        this.exai = Objects.requireNonNull(exai, "exai");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.providers = List.copyOf(providers);
    }

    /**
     * {@return meters of a library instance}
     *
     * @param exai whose they are; held weakly by the gauges
     * @param registry where they go
     * @param providers the names of its providers
     */
    public static ExaiMeters of(Exai exai, MeterRegistry registry, String... providers) {
        return new ExaiMeters(
                exai, registry, List.of(providers).stream().map(ProviderId::of).toList());
    }

    /** Registers the gauges and counters of the pool. A second time changes nothing. */
    public void bind() {
        binder().bindTo(registry);
    }

    private MeterBinder binder() {
        return target -> {
            level(target, "global", "", snapshot -> snapshot.global());
            for (ProviderId provider : providers) {
                level(
                        target,
                        "provider",
                        provider.value(),
                        snapshot -> snapshot.provider(provider).orElse(snapshot.global()));
            }
            Gauge.builder("exai.sessions", exai, each -> each.sessions().size())
                    .description("Sessions that are open")
                    .register(target);
            Gauge.builder("exai.zombies", exai, Exai::zombies)
                    .description(
                            "Aborted exchanges and abandoned tools that have not come to their end; no permit held")
                    .register(target);
            count(
                    target,
                    "exai.permits.granted",
                    "Permits that went out",
                    each -> each.snapshot().granted());
            count(
                    target,
                    "exai.permits.returned",
                    "Permits that came back",
                    each -> each.snapshot().returned());
            count(
                    target,
                    "exai.permits.revoked",
                    "Permits revoked because they were out for too long",
                    each -> each.snapshot().revoked());
            count(
                    target,
                    "exai.permits.reclaimed",
                    "Permits that nobody could give back any more",
                    each -> each.snapshot().reclaimed());
            count(target, "exai.events.dropped", "Events that found a listener's queue full", Exai::droppedEvents);
        };
    }

    private void level(
            MeterRegistry target, String level, String key, Function<PoolSnapshot, PoolSnapshot.Usage> usage) {
        Tags tags = Tags.of("level", level, "key", key);
        gauge(
                target,
                "exai.permits.in.use",
                "Permits that are out",
                tags,
                each -> usage.apply(each.snapshot()).inUse());
        gauge(
                target,
                "exai.permits.limit",
                "Permits that may be out",
                tags,
                each -> usage.apply(each.snapshot()).limit());
        gauge(
                target,
                "exai.permits.waiting",
                "Requests that wait for a permit",
                tags,
                each -> usage.apply(each.snapshot()).waiting());
    }

    private void gauge(MeterRegistry target, String name, String what, Tags tags, ToDoubleFunction<Exai> value) {
        Gauge.builder(name, exai, value).tags(tags).description(what).register(target);
    }

    private void count(MeterRegistry target, String name, String what, ToDoubleFunction<Exai> value) {
        FunctionCounter.builder(name, exai, value).description(what).register(target);
    }

    /**
     * Counts a call when it ends: its time, its tokens, and the limit that fired if it ran out of time.
     *
     * @param call the call, under way or ended
     * @param request what it asks; only its switches are read
     */
    public void observe(ChatCall call, ChatRequest request) {
        Tags switches = Tags.of(
                "thinking",
                request.thinking().map(on -> on ? "on" : "off").orElse("default"),
                "web_search",
                request.webSearch().isPresent() ? "on" : "off");
        CompletableFuture<ChatReply> unused = call.toCompletableFuture()
                .whenComplete((reply, failure) -> call.outcome()
                        .ifPresent(outcome ->
                                ended(outcome, switches, call.timeline().total())));
    }

    private void ended(CallOutcome<ChatReply> outcome, Tags switches, Duration time) {
        Tags tags = place(outcome).and(switches);
        Timer.builder("exai.calls")
                .description("Calls that ended, from their start to their end")
                .tags(tags.and("outcome", outcome.state().name().toLowerCase(Locale.ROOT)))
                .register(registry)
                .record(time);
        if (outcome instanceof CallOutcome.Succeeded<ChatReply> well) {
            tokens(tags, "prompt", well.value().usage().promptTokens());
            tokens(tags, "completion", well.value().usage().completionTokens());
        }
        String limit = limit(outcome);
        if (!limit.equals(NONE)) {
            Counter.builder("exai.call.timeouts")
                    .description("Calls that ran out of time, by the limit that fired")
                    .tags(tags.and("limit", limit))
                    .register(registry)
                    .increment();
        }
    }

    private void tokens(Tags tags, String kind, long tokens) {
        Counter.builder("exai.call.tokens")
                .description("Tokens that calls which ended well were charged for")
                .tags(tags.and("kind", kind))
                .register(registry)
                .increment((double) tokens);
    }

    private Tags place(CallOutcome<ChatReply> outcome) {
        if (outcome instanceof CallOutcome.Succeeded<ChatReply> well) {
            return place(well.value().provider(), well.value().model());
        }
        ErrorContext where = outcome.error().orElseThrow().context();
        return place(where.provider().orElse(NONE), where.model().orElse(NONE));
    }

    /** A model is passed on as it was asked for, also one that no catalogue has: as a tag that would be a meter for each text. */
    private Tags place(String provider, String model) {
        boolean known = model.equals(NONE)
                || exai.models().catalog().routes().stream()
                        .anyMatch(route -> route.provider().value().equals(provider)
                                && route.model().id().equals(model));
        return Tags.of("provider", provider, "model", known ? model : OTHER);
    }

    private static String limit(CallOutcome<ChatReply> outcome) {
        ExaiException failure = outcome.error().orElse(null);
        if (failure instanceof AttemptTimeoutException attempt) {
            return attempt.limit().name().toLowerCase(Locale.ROOT);
        }
        if (failure instanceof DeadlineExceededException deadline) {
            return "deadline_" + deadline.stage().name().toLowerCase(Locale.ROOT);
        }
        return NONE;
    }
}

package dev.exai.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.attempt.AttemptHost;
import dev.exai.attempt.Attempts;
import dev.exai.attempt.Leg;
import dev.exai.context.CallContext;
import dev.exai.error.ErrorContext;
import dev.exai.error.ExaiException;
import dev.exai.error.InternalErrorException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.Chunk;
import dev.exai.message.ModelChoice;
import dev.exai.model.ModelRequest;
import dev.exai.model.Resolution;
import dev.exai.model.Route;
import dev.exai.spi.ReplyEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A call that asks a model: the corridor, from resolving to the reply. */
final class DefaultChatCall extends BaseCall<ChatReply> implements ChatCall {
    /*
     * State      resolving: the resolution that is awaited. attempts: the series that follows it.
     * Owner      BaseCall's lock guards both fields. A series is put there only while nothing is decided, and started
     *            after that, so whoever decides the call finds it and stops it.
     */

    private final ChatRequest request;
    private final CallOptions options;
    private final ModelRequest wanted;
    private final ReplyBuffer buffer;

    @GuardedBy("lock")
    private @Nullable CompletableFuture<Resolution> resolving;

    @GuardedBy("lock")
    private @Nullable Attempts attempts;

    /** The provider and model that are asked, once they are chosen; errors name them. */
    private volatile @Nullable Route chosen;

    DefaultChatCall(CallEngine engine, CallScope scope, CallContext context, ChatRequest request, CallOptions options) {
        super(engine, scope, context, CallState.RESOLVING);
        this.request = request;
        this.options = options;
        this.wanted = options.models().map(all -> all.in(request)).orElseGet(() -> ModelRequest.of(request));
        this.buffer = new ReplyBuffer(scope);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees every end
    void begin() {
        CompletableFuture<Resolution> resolution = resolution();
        lock.lock();
        try {
            resolving = resolution;
        } finally {
            lock.unlock();
        }
        resolution.whenComplete((found, failure) -> {
            if (found != null) {
                safely("The first attempt could not be made", () -> attempt(found));
            } else if (failure != null) {
                resolvingFailed(failure);
            }
        });
        if (!isUndecided()) {
            stopWork();
        }
    }

    /** What the resolver answers; a failure where it throws, for the call has begun and must end. */
    private CompletableFuture<Resolution> resolution() {
        try {
            return engine.resolver().resolve(wanted, context.deadline());
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Does what nobody would hear of if it threw, but who waits for this call: so the call fails with that. */
    private void safely(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            failed(e instanceof ExaiException known ? known : new InternalErrorException(what, e));
        }
    }

    private void resolvingFailed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        failed(
                cause instanceof ExaiException known
                        ? known
                        : new InternalErrorException("The model resolver failed", cause));
    }

    private void attempt(Resolution resolution) {
        long now = engine.scheduler().nanoTime();
        timeline.add(() -> resolved(resolution, now));
        resolution.notes().forEach(note -> timeline.add("note: " + note));
        Attempts series = engine.attempts()
                .prepare(
                        context,
                        legs(resolution),
                        request,
                        engine.retryRules(options.maxAttempts()),
                        new Host(resolution));
        lock.lock();
        try {
            if (!isUndecided()) {
                return;
            }
            attempts = series;
        } finally {
            lock.unlock();
        }
        series.start();
    }

    /** The models that may be asked: one that was named, unless the caller asked for more. */
    private List<Leg> legs(Resolution resolution) {
        List<Leg> legs = new ArrayList<>(resolution.candidates().size());
        for (Route route : resolution.candidates()) {
            legs.add(new Leg(route.provider(), route.model(), engine.limits(route, options)));
        }
        return legs;
    }

    private static String resolved(Resolution resolution, long now) {
        String kept = resolution
                .age(now)
                .map(age -> ", " + age.toSeconds() + " s ago")
                .orElse("");
        List<Route> others =
                resolution.candidates().subList(1, resolution.candidates().size());
        return "resolved to " + resolution.first() + " (" + resolution.why() + kept + ")"
                + (others.isEmpty() ? "" : ", then " + others);
    }

    @Override
    ErrorContext where() {
        ErrorContext where = super.where();
        Route route = chosen;
        return route == null
                ? where
                : where.withProvider(route.provider().value())
                        .withModel(route.model().id());
    }

    @Override
    void stopWork() {
        CompletableFuture<Resolution> resolution;
        Attempts series;
        lock.lock();
        try {
            resolution = resolving;
            series = attempts;
        } finally {
            lock.unlock();
        }
        if (resolution != null) {
            resolution.cancel(false);
        }
        if (series != null) {
            series.stop();
        }
    }

    @Override
    void afterEnd(CallOutcome<ChatReply> outcome) {
        buffer.end(outcome.error().orElse(null), outcome instanceof CallOutcome.Cancelled<ChatReply>);
    }

    @Override
    @Nullable
    ExaiException trouble() {
        Attempts series;
        lock.lock();
        try {
            series = attempts;
        } finally {
            lock.unlock();
        }
        return series == null ? null : series.trouble();
    }

    @Override
    public Iterable<Chunk> chunks() {
        return () -> buffer.reader(
                () -> {
                    if (!engine.scheduler().mayBlock()) {
                        throw new IllegalStateException(
                                "reading chunks would block the simulation's own thread for ever: use a listener");
                    }
                },
                () -> cancel("the reading thread was interrupted", "an interrupt"));
    }

    @Override
    public Flow.Publisher<Chunk> publisher() {
        return subscriber -> ReplySubscription.start(
                buffer, new ListenerLane(scope.listeners()), Objects.requireNonNull(subscriber, "subscriber"));
    }

    /** What the attempts tell. */
    private final class Host implements AttemptHost {
        private final Resolution resolution;
        private volatile List<String> notes;

        Host(Resolution resolution) {
            this.resolution = resolution;
            this.notes = resolution.notes();
            chosen = resolution.first();
        }

        private Route route() {
            return Objects.requireNonNull(chosen, "nothing is chosen");
        }

        private ModelChoice choice() {
            return ModelChoice.of(wanted.name(), route().toString(), resolution.why(), notes);
        }

        @Override
        public void fellBack(Leg next, ExaiException why) {
            List<String> more = new ArrayList<>(notes); // one attempt at a time: nobody else adds meanwhile
            more.add(next + " was asked, because of " + route() + ": " + why.summary());
            notes = List.copyOf(more);
            timeline.add("fell back to " + next + " after: " + why.summary());
            chosen = Route.of(next.provider(), next.model());
        }

        @Override
        public void noted(String what) {
            timeline.add(what);
        }

        @Override
        public void queued(int attempt) {
            moveTo(CallState.QUEUED, () -> "attempt " + attempt + " queued");
        }

        @Override
        public void running(int attempt) {
            timeline.attempt();
            moveTo(CallState.RUNNING, () -> "attempt " + attempt + " granted");
        }

        @Override
        public void opened(int attempt) {
            timeline.add(() -> "attempt " + attempt + " accepted");
        }

        @Override
        public @Nullable ExaiException chunk(int attempt, Chunk chunk) {
            timeline.heard();
            ReplyBuffer.Added added = buffer.add(attempt, chunk);
            if (added.isKept()) {
                tellReaders(chunk, () -> buffer.reach(attempt));
            }
            return added.failure();
        }

        @Override
        public boolean mayRestart() {
            return buffer.mayRestart(options.restartAfterOutput());
        }

        @Override
        public boolean restart() {
            ReplyBuffer.Restart restart = buffer.restart(options.restartAfterOutput());
            if (restart == ReplyBuffer.Restart.TOLD) {
                timeline.add("started over, as the caller allowed: output had reached it");
                tellReaders(Chunk.startedOver(), () -> true);
            }
            return restart != ReplyBuffer.Restart.REFUSED;
        }

        @Override
        public void backingOff(Duration delay, ExaiException why) {
            moveTo(CallState.BACKING_OFF, () -> "backing off " + delay.toMillis() + " ms after: " + why.summary());
        }

        @Override
        public void succeeded(ReplyEnd end) {
            safely("The answer could not be put together", () -> answered(end));
        }

        private void answered(ReplyEnd end) {
            int pieces = timeline.pieces();
            timeline.add(() -> "answered in " + pieces + " pieces, "
                    + end.usage().promptTokens() + " tokens in, " + end.usage().completionTokens() + " out");
            ChatReply reply = buffer.toReply(route(), end, choice());
            reply.adjustments().forEach(adjustment -> timeline.add("adjusted: " + adjustment));
            reply.requestId().ifPresent(id -> timeline.add(() -> "served by " + reply.model() + ", request " + id));
            reply.explanation().ifPresent(timeline::add);
            DefaultChatCall.this.succeeded(reply);
        }

        @Override
        public void failed(ExaiException failure) {
            DefaultChatCall.this.failed(failure);
        }
    }
}

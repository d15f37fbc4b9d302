package dev.exai.run;

import dev.exai.call.CallOutcome;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.message.FunctionCall;
import dev.exai.message.FunctionSpec;
import dev.exai.model.Resolution;
import dev.exai.model.Route;
import dev.exai.run.RunProgress.Waiting;
import dev.exai.run.store.RunRecord;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The turns of the model: choose it, make the conversation fit its context, ask it, record what it says. Used in the run's turn.
 */
final class ModelTurns {
    /** What of a model's context a conversation may fill before it is made shorter, and what it is made shorter to. */
    private static final double FULL = 0.8;

    private static final double SHORTER = 0.5;

    private final LiveRun run;

    /** What compactions have asked of models and is not counted yet; added to by whatever thread compacts. */
    private final Set<Invocation> compacting = ConcurrentHashMap.newKeySet();

    /** How many tokens the provider counted for one that was estimated, in the last turn. */
    private double calibration = 1;

    ModelTurns(LiveRun run) {
        this.run = run;
    }

    private ChatRequest.Builder request() {
        List<ChatMessage> messages = new ArrayList<>();
        if (!run.workflow.instructions().isEmpty()) {
            messages.add(ChatMessage.system(run.workflow.instructions()));
        }
        messages.addAll(run.state().conversation().messages());
        ChatRequest.Builder builder = ChatRequest.builder(messages);
        run.workflow.request().accept(builder);
        return builder.model(run.workflow.model()).functions(run.workflow.specs());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees every end
    void begin() {
        run.waitFor(Waiting.MODEL);
        ChatRequest request;
        try {
            request = request().build();
        } catch (RuntimeException | Error thrown) {
            run.decide(new RunOutcome.Failed("the request could not be made: " + thrown, Optional.of(thrown)));
            return;
        }
        run.place
                .models()
                .resolve(request, run.place.deadline(run.options()))
                .whenComplete((found, failure) -> run.post(() -> {
                    if (found != null) {
                        resolved(found, request);
                    } else if (failure != null) {
                        run.failed("no model could be chosen", LiveRun.unwrap(failure));
                    }
                }));
    }

    private long fixedTokens() {
        long tokens = Tokens.of(run.workflow.instructions());
        for (FunctionSpec spec : run.workflow.specs()) {
            tokens += Tokens.of(spec);
        }
        return tokens;
    }

    private long promptTokens() {
        return (long) ((run.state().conversation().tokens() + fixedTokens()) * calibration);
    }

    /** How many tokens a prompt may have: the context without room for the answer. */
    private static long room(Route route, ChatRequest request) {
        long context = route.model().contextWindow();
        long answer = request.maxOutputTokens().orElse(route.model().defaultOutputTokens());
        return context - Math.min(answer, context / 2);
    }

    private void resolved(Resolution found, ChatRequest request) {
        if (run.isDecided()) {
            return;
        }
        Route route = found.first();
        long room = room(route, request);
        long tokens = promptTokens();
        if (tokens <= FULL * room || run.state().conversation().entries().size() < 2) {
            ask(route, request);
            return;
        }
        long target = Math.max(0, (long) ((SHORTER * room) / calibration) - fixedTokens());
        Compaction.Request compact = new Compaction.Request(
                run.state().conversation().entries().stream()
                        .map(entry -> new Compaction.Entry(entry.from(), entry.to(), entry.message(), entry.tokens()))
                        .toList(),
                run.state().conversation().tokens(),
                target,
                this::chatForCompaction);
        try {
            run.workflow
                    .compaction()
                    .compact(compact)
                    .whenComplete((shorter, failure) -> run.post(() -> {
                        if (failure == null) {
                            compacted(route, room, tokens, shorter);
                        } else {
                            run.failed("the conversation could not be made shorter", LiveRun.unwrap(failure));
                        }
                    }));
        } catch (RuntimeException | Error thrown) {
            run.failed("the conversation could not be made shorter", thrown);
        }
    }

    private ChatCall chatForCompaction(ChatRequest request) {
        ChatRequest asked = request.model().equals(ChatRequest.AUTO)
                ? request.toBuilder().model(run.workflow.model()).build()
                : request;
        ChatCall call = run.session.chat(asked, run.options());
        Invocation paid = new Invocation(run.id, "", "", "", () -> {});
        paid.made(call);
        compacting.add(paid);
        run.begun(
                call,
                outcome -> run.post(() -> {
                    if (!run.isDecided() && compacting.remove(paid)) {
                        run.spent(paid);
                    }
                }));
        return call;
    }

    /** Counts, at the run's end, what compactions have spent that were not counted yet. */
    void stop() {
        compacting.forEach(run::spent);
        compacting.clear();
    }

    private void compacted(Route route, long room, long tokensBefore, List<Compaction.Replacement> shorter) {
        if (run.isDecided()) {
            return;
        }
        for (Compaction.Replacement each : shorter) {
            String objection = run.state().conversation().objection(each.from(), each.to(), each.message());
            if (!objection.isEmpty()) {
                run.failed("the conversation could not be made shorter", new IllegalArgumentException(objection));
                return;
            }
            run.record(
                    RunRecord.Kind.REPLACED,
                    builder -> builder.ref(each.from() + "-" + each.to())
                            .text(Texts.clean(each.message().text(), Integer.MAX_VALUE))
                            .detail(each.message().functionCallId().orElse(null)));
        }
        long tokens = promptTokens();
        if (tokens > room) {
            run.decide(new RunOutcome.Failed(
                    "the conversation has about " + tokens + " tokens and " + route + " has room for " + room
                            + ", also after it was made shorter: use a model with a larger context, or shorter results",
                    Optional.empty()));
            return;
        }
        if (!shorter.isEmpty()) {
            run.tell(listener -> listener.compacted(run.latest(), tokensBefore, tokens));
        }
        ask(route, request().build());
    }

    private void ask(Route route, ChatRequest request) {
        ChatRequest bounded = request;
        if (run.state().budget().tokens().isPresent()) {
            long left = run.state().budget().tokens().getAsLong()
                    - run.state().spent().tokens()
                    - promptTokens();
            if (left < 1) {
                run.decide(new RunOutcome.OutOfBudget(
                        Budget.Limit.TOKENS, run.state().budget()));
                return;
            }
            int most = request.maxOutputTokens().orElse(route.model().defaultOutputTokens());
            bounded = request.toBuilder()
                    .maxOutputTokens((int) Math.min(left, most))
                    .build();
        }
        long estimate = run.state().conversation().tokens() + fixedTokens();
        try {
            run.begun(
                    run.session.chat(bounded, run.options()), outcome -> run.post(() -> turnEnded(estimate, outcome)));
        } catch (RuntimeException refused) {
            run.failed("the model could not be asked", refused);
        }
    }

    private void turnEnded(long estimate, CallOutcome<? extends ChatReply> outcome) {
        if (run.isDecided()) {
            return;
        }
        if (!(outcome instanceof CallOutcome.Succeeded<? extends ChatReply> succeeded)) {
            run.failed("the model could not be asked", outcome.error().orElseThrow());
            return;
        }
        ChatReply reply = succeeded.value();
        if (reply.usage().promptTokens() > 0 && estimate > 0) {
            calibration = Math.max(0.25, Math.min(4, (double) reply.usage().promptTokens() / estimate));
        }
        BigDecimal cost = run.place.models().cost(reply);
        long step = run.state().step() + 1;
        int index = 0;
        for (FunctionCall call : reply.functionCalls()) {
            String ref = step + "." + index++;
            run.record(
                    RunRecord.Kind.ASKED,
                    builder -> builder.ref(ref)
                            .name(Texts.clean(call.name(), Integer.MAX_VALUE))
                            .text(Texts.clean(call.arguments(), Integer.MAX_VALUE))
                            .detail(Texts.clean(call.id(), Integer.MAX_VALUE)));
        }
        run.record(
                RunRecord.Kind.TURN,
                builder -> builder.ref(reply.finishReason().name())
                        .name(reply.provider() + "/" + reply.model())
                        .text(Texts.clean(reply.text(), Integer.MAX_VALUE))
                        .detail(reply.reasoning()
                                .map(text -> Texts.clean(text, Integer.MAX_VALUE))
                                .orElse(null))
                        .spent(reply.usage(), cost == null ? BigDecimal.ZERO : cost));
        run.needPrice(cost, reply);
        run.waitFor(Waiting.NOTHING);
    }
}

package dev.exai.examples.workflows;

import dev.exai.call.ChatCall;
import dev.exai.context.Codec;
import dev.exai.json.JsonCodecs;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.run.Next;
import dev.exai.run.RunContext;
import dev.exai.run.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Several models are asked at the same time, each with a permit of its own; then one of them weighs what they said.
 *
 * <p>A model that fails is left out and named, as long as one answers. Two steps, and the state between them is what was said, so a
 * run that is taken up after a crash does not ask again.
 */
final class Consensus {
    private static final List<String> STANCES = List.of(
            "Argue for it as well as can be done.",
            "Argue against it as well as can be done.",
            "Weigh both sides without taking one.");

    private static final Codec<State> CODEC = JsonCodecs.forRecord(State.class);

    /** What was asked, and what was said so far. */
    record State(String question, List<Opinion> opinions) {}

    /** What a model said, or why it did not. */
    record Opinion(String model, String stance, String text, boolean failed) {}

    private Consensus() {}

    static Workflow of(List<String> models) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("consensus needs at least one model");
        }
        List<String> asked = List.copyOf(models);
        return Workflow.steps("consensus", (state, context) -> step(asked, state, context))
                .idempotentSteps()
                .build();
    }

    private static CompletionStage<Next> step(List<String> models, String state, RunContext context) {
        if (!state.startsWith("{\"question\"")) {
            return opinions(models, state, context);
        }
        return verdict(models.get(0), CODEC.decode(state), context);
    }

    private static CompletionStage<Next> opinions(List<String> models, String question, RunContext context) {
        List<CompletableFuture<Opinion>> all = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            String model = models.get(i);
            String stance = STANCES.get(i % STANCES.size());
            ChatCall call = context.chat(ChatRequest.builder(question)
                    .system("You give an opinion on a proposal. " + stance + " Be brief and name your reasons.")
                    .model(model)
                    .build());
            all.add(call.toCompletableFuture().handle((reply, failure) -> opinion(model, stance, reply, failure)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(nothing -> {
            List<Opinion> opinions = all.stream().map(CompletableFuture::join).toList();
            if (opinions.stream().allMatch(Opinion::failed)) {
                throw new IllegalStateException(
                        "no model gave an opinion: " + opinions.get(0).text());
            }
            return Next.step(CODEC.encode(new State(question, opinions)));
        });
    }

    private static Opinion opinion(
            String model, String stance, @Nullable ChatReply reply, @Nullable Throwable failure) {
        if (reply == null) {
            return new Opinion(model, stance, failure == null ? "" : String.valueOf(failure.getMessage()), true);
        }
        boolean silent = reply.text().isBlank();
        return new Opinion(model, stance, silent ? "it was silent" : reply.text(), silent);
    }

    private static CompletionStage<Next> verdict(String judge, State state, RunContext context) {
        StringBuilder said = new StringBuilder("Proposal:\n" + state.question() + "\n");
        StringBuilder missing = new StringBuilder();
        for (Opinion opinion : state.opinions()) {
            if (opinion.failed()) {
                missing.append("\nNot heard: ")
                        .append(opinion.model())
                        .append(" (")
                        .append(opinion.text())
                        .append(')');
            } else {
                said.append("\nOpinion (")
                        .append(opinion.stance())
                        .append(")\n")
                        .append(opinion.text())
                        .append('\n');
            }
        }
        context.notice().ifPresent(notice -> said.append('\n').append(notice).append('\n'));
        return context.chat(ChatRequest.builder(List.of(
                                ChatMessage.system(
                                        "You weigh opinions on a proposal: where they agree, where they differ and why,"
                                                + " what follows. Give a recommendation."),
                                ChatMessage.user(said.toString())))
                        .model(judge)
                        .build())
                .toCompletableFuture()
                .thenApply(reply -> Next.done(reply.text().isBlank() ? "" : reply.text() + missing));
    }
}

package dev.exai.testkit.storm;

import dev.exai.call.ChatCall;
import dev.exai.call.Tool;
import dev.exai.call.ToolContext;
import dev.exai.message.ChatReply;
import dev.exai.testkit.time.Simulation;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The tools of a storm: they ask models, fail, hang, answer late, and leave calls behind. */
final class StormTools {
    private static final int MOST_CHILDREN = 2;

    private final Simulation simulation;
    private final InvariantChecks checks;
    private final StormWeather weather;
    private final Random chance;
    private final List<Tool<String, ?>> all =
            List.of(Tool.async("asks", this::ask), Tool.async("waits", this::late), Tool.blocking("works", this::work));

    StormTools(Simulation simulation, InvariantChecks checks, StormWeather weather) {
        this.simulation = simulation;
        this.checks = checks;
        this.weather = weather;
        this.chance = simulation.random();
    }

    /** {@return one of them} */
    Tool<String, ?> draw() {
        return all.get(chance.nextInt(all.size()));
    }

    /** Asks once or twice, one after the other, or fails, or ends and leaves a call behind. */
    private CompletionStage<ChatReply> ask(String input, ToolContext context) {
        begin(context);
        if (chance.nextInt(8) == 0) {
            child(context);
        }
        CompletionStage<ChatReply> reply = child(context).toCompletableFuture();
        for (int i = chance.nextInt(MOST_CHILDREN); i > 0; i--) {
            reply = reply.thenCompose(first -> child(context).toCompletableFuture());
        }
        return reply;
    }

    /** Answers some time later, whether its call is still there or not; or never. */
    private CompletionStage<String> late(String input, ToolContext context) {
        begin(context);
        CompletableFuture<String> answer = new CompletableFuture<>();
        if (chance.nextInt(4) > 0) {
            simulation.scheduler().schedule(weather.some(30_000), () -> answer.complete("late"));
        }
        return answer;
    }

    /** Blocking code: on the simulation's own thread what would wait must fail at once, and never hang. */
    private String work(String input, ToolContext context) throws Exception {
        begin(context);
        context.ensureActive();
        ChatCall child = child(context);
        switch (chance.nextInt(4)) {
            case 0 -> mustNotWait(context, child::await);
            case 1 -> mustNotWait(context, () -> context.withPermit(weather.provider(), () -> "held"));
            case 2 -> throw new StormFailure("the tool's own, after its work");
            default -> child.cancel("not needed");
        }
        return "worked";
    }

    private void begin(ToolContext context) {
        checks.userCode("a tool", context.sessionId());
        if (chance.nextInt(8) == 0) {
            throw new StormFailure("the tool's own");
        }
        if (chance.nextInt(4) == 0) {
            context.onCancel(() -> checks.userCode("what a tool does when it is cancelled", context.sessionId()));
        }
    }

    private void mustNotWait(ToolContext context, Waiting waiting) throws Exception {
        try {
            waiting.run();
        } catch (IllegalStateException expected) {
            return;
        }
        checks.broken("I8", context.callId(), "its tool waited on the thread that must not wait");
    }

    private ChatCall child(ToolContext context) {
        return checks.watchChild(context.chat(weather.request(), weather.options()), context.callId());
    }

    /** Something that waits. */
    private interface Waiting {
        void run() throws Exception;
    }
}

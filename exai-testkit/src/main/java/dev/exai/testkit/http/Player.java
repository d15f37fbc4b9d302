package dev.exai.testkit.http;

import dev.exai.message.Usage;
import dev.exai.testkit.script.ExchangeCounts;
import java.io.IOException;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Plays a script as the answer to one request, with or without a stream. */
final class Player {
    private static final String JSON = "application/json; charset=utf-8";

    private final Dialect dialect;
    private final Reply reply;
    private final HttpScript script;
    private final Wire wire;
    private final HttpWriter writer;
    private final ExchangeCounts.Counted counted;
    private final RandomGenerator chance;
    private final long limit;
    private final StringBuilder raw = new StringBuilder();
    private boolean opened;

    Player(
            Dialect dialect,
            Reply reply,
            HttpScript script,
            Wire wire,
            ExchangeCounts.Counted counted,
            RandomGenerator chance,
            long limit) {
        this.dialect = dialect;
        this.reply = reply;
        this.script = script;
        this.wire = wire;
        this.writer = new HttpWriter(wire, script.headerChanges());
        this.counted = counted;
        this.chance = chance;
        this.limit = limit;
    }

    /**
     * Plays the script to its end.
     *
     * @return whether the connection may be used again
     * @throws IOException if the client has left, or the server was closed
     */
    boolean play() throws IOException {
        wire.writeWith(script.byteDelay());
        for (HttpStep step : script.steps()) {
            if (step instanceof HttpStep.Wait wait) {
                wire.pause(wait.time().apply(chance));
            } else if (step instanceof HttpStep.Cut cut) {
                cut(cut.reset());
                return false;
            } else if (step instanceof HttpStep.Nonsense) {
                countFailed();
                wire.nonsense();
                return false;
            } else if (isPiece(step)) {
                say(step);
            } else {
                end(step);
                wire.writeWith(null);
                return true;
            }
        }
        wire.awaitLeaving();
        return false;
    }

    private static boolean isPiece(HttpStep step) {
        return step instanceof HttpStep.Headers
                || step instanceof HttpStep.Text
                || step instanceof HttpStep.Reasoning
                || step instanceof HttpStep.WholeFunction
                || step instanceof HttpStep.FunctionInPieces
                || step instanceof HttpStep.Raw
                || step instanceof HttpStep.KeepAlives;
    }

    private boolean streams() {
        return reply.request.stream();
    }

    private Map<String, String> headers() {
        return dialect.commonHeaders(reply.id);
    }

    private void sendHeaders() throws IOException {
        writer.begin(streams() ? dialect.streamType() : JSON, headers());
    }

    private void say(HttpStep step) throws IOException {
        if (step instanceof HttpStep.Headers) {
            sendHeaders();
        } else if (step instanceof HttpStep.Text piece) {
            reply.text.append(piece.text());
            frame(dialect.delta(reply, "content", piece.text()));
        } else if (step instanceof HttpStep.Reasoning piece) {
            reply.reasoning.append(piece.text());
            frame(dialect.delta(reply, "reasoning_content", piece.text()));
        } else if (step instanceof HttpStep.WholeFunction call) {
            Reply.Function function = add(call.id(), call.name(), call.arguments());
            frames(dialect.wholeFunction(reply, function));
        } else if (step instanceof HttpStep.FunctionInPieces call) {
            Reply.Function function = add(call.id(), call.name(), String.join("", call.pieces()));
            frames(dialect.functionInPieces(reply, function, call.pieces()));
        } else if (step instanceof HttpStep.Raw part) {
            raw.append(part.text());
            if (streams()) {
                sendHeaders();
                writer.chunk(part.text());
            }
        } else if (step instanceof HttpStep.KeepAlives comments) {
            commentForEver(comments);
        }
    }

    private Reply.Function add(String id, String name, String arguments) {
        Reply.Function function = new Reply.Function(reply.functions.size(), id, name, arguments);
        reply.functions.add(function);
        return function;
    }

    private void frames(Iterable<String> frames) throws IOException {
        for (String frame : frames) {
            frame(frame);
        }
    }

    private void frame(String json) throws IOException {
        if (streams()) {
            sendHeaders();
            writer.chunk(openingFrames() + dataOf(json));
        }
    }

    private String openingFrames() {
        if (opened) {
            return "";
        }
        opened = true;
        return dataOf(dialect.opening(reply));
    }

    private static String dataOf(Iterable<String> frames) {
        StringBuilder all = new StringBuilder();
        frames.forEach(frame -> all.append(dataOf(frame)));
        return all.toString();
    }

    private static String dataOf(String frame) {
        return "data: " + frame + "\n\n";
    }

    private void commentForEver(HttpStep.KeepAlives comments) throws IOException {
        if (!streams()) {
            wire.awaitLeaving();
        }
        sendHeaders();
        while (true) {
            writer.chunk(": keep-alive\n\n");
            wire.pause(comments.every());
        }
    }

    private void end(HttpStep step) throws IOException {
        if (step instanceof HttpStep.Complete complete) {
            complete(complete);
        } else if (step instanceof HttpStep.Fail fail) {
            fail(dialect.refuse(fail.refusal(), reply.model(), limit), fail.insideAnswer());
        } else if (step instanceof HttpStep.FailNamed fail) {
            fail(dialect.answerOf(dialect.errorNamed(fail.name())), fail.insideAnswer());
        } else if (step instanceof HttpStep.Respond respond && !writer.headersSent()) {
            writer.whole(respond.answer(), this::countFailed);
        } else if (streams()) {
            countFailed();
            sendHeaders();
            writer.lastChunk("");
        } else {
            String body = wholeBody(reply.finishReason(), reply.usage());
            sendWhole(200, body.substring(0, body.length() / 2), this::countFailed);
        }
    }

    private void complete(HttpStep.Complete end) throws IOException {
        String reason = end.finishReason() != null ? end.finishReason() : reply.finishReason();
        Usage usage = end.usage() != null ? end.usage() : reply.usage();
        Runnable count = () -> counted.end(ExchangeCounts.Outcome.COMPLETED);
        if (streams()) {
            String opening = openingFrames();
            String last = dataOf(dialect.ending(reply, reason, usage)) + (end.done() ? "data: [DONE]\n\n" : "");
            sendHeaders();
            count.run();
            writer.lastChunk(opening + (end.twice() ? last + last : last));
        } else {
            sendWhole(200, wholeBody(reason, usage), count);
        }
    }

    private String wholeBody(String reason, Usage usage) {
        return raw.length() > 0 ? raw.toString() : dialect.whole(reply, reason, usage);
    }

    private void fail(Answer answer, boolean insideAnswer) throws IOException {
        if (streams() && (insideAnswer || writer.headersSent())) {
            countFailed();
            sendHeaders();
            writer.lastChunk(openingFrames() + dataOf(answer.body()));
        } else if (insideAnswer || writer.headersSent()) {
            sendWhole(200, answer.body(), this::countFailed);
        } else {
            writer.whole(withCommonHeaders(answer), this::countFailed);
        }
    }

    private Answer withCommonHeaders(Answer answer) {
        Answer all = answer;
        for (Map.Entry<String, String> header : headers().entrySet()) {
            all = all.with(header.getKey(), header.getValue());
        }
        return all;
    }

    private void sendWhole(int status, String body, Runnable count) throws IOException {
        if (writer.headersSent()) {
            count.run();
            writer.lastChunk(body);
        } else {
            writer.whole(withCommonHeaders(Answer.json(status, body)), count);
        }
    }

    private void countFailed() {
        counted.end(ExchangeCounts.Outcome.FAILED);
    }

    private void cut(boolean reset) throws IOException {
        if (streams()) {
            sendHeaders();
        } else if (!writer.headersSent()) {
            writer.half(withCommonHeaders(Answer.json(200, wholeBody(reply.finishReason(), reply.usage()))));
        }
        countFailed();
        if (reset) {
            wire.reset();
        } else {
            wire.halfClose();
        }
    }
}

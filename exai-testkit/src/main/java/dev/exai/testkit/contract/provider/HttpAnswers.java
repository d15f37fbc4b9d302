package dev.exai.testkit.contract.provider;

import dev.exai.message.Chunk;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import java.time.Duration;

/** Says by script of the fake server what an answer shall be. */
final class HttpAnswers {
    private static final Duration EVERY = Duration.ofMillis(5);

    private HttpAnswers() {}

    static HttpScript script(UpstreamAnswer answer) {
        HttpScript plain = end(beginning(answer), answer);
        HttpScript script = answer.isByteByByte() ? plain.byteByByte(Duration.ZERO) : plain;
        return answer.retryAfter()
                .map(time -> script.withHeader("Retry-After", Long.toString(time.toSeconds())))
                .orElse(script);
    }

    private static HttpScript.Steps beginning(UpstreamAnswer answer) {
        Pieces steps = new Pieces(HttpScript.after(answer.delay()));
        if (answer.isAccepted()) {
            steps.all = steps.all.headers();
        }
        for (Chunk piece : answer.pieces()) {
            if (!answer.pause().isZero()) {
                steps.all = steps.all.after(answer.pause());
            }
            piece.accept(steps);
        }
        return steps.all;
    }

    private static HttpScript end(HttpScript.Steps steps, UpstreamAnswer answer) {
        return switch (answer.ending()) {
            case WHOLE -> steps.complete();
            case AT_LENGTH -> steps.complete("length");
            case SILENCE -> steps.hang();
            case KEEP_ALIVES -> steps.keepAliveForEver(EVERY);
            case LOST -> steps.halfClose();
            case EARLY -> steps.endEarly();
            case GARBAGE ->
                steps.raw("data: {\"choices\":[{\"delta\":{\"content\":\""
                                + answer.words().orElse("tor") + "\n\n")
                        .endEarly();
            case REFUSAL -> refuse(steps, answer);
        };
    }

    private static HttpScript refuse(HttpScript.Steps steps, UpstreamAnswer answer) {
        Refusal refusal = answer.refusal().orElseThrow();
        if (answer.words().isEmpty()) {
            return answer.isAccepted() ? steps.breakOff(refusal) : steps.refuse(refusal);
        }
        int status = switch (refusal) {
            case BAD_KEY -> 401;
            case BAD_PARAMETER -> 400;
            case SERVER_ERROR -> 500;
            default -> throw new UnsupportedOperationException("no words of one's own for " + refusal);
        };
        return steps.respond(
                status,
                "application/json",
                "{\"error\":{\"message\":\"" + answer.words().orElseThrow() + "\"}}");
    }

    private static final class Pieces implements Chunk.Visitor {
        private HttpScript.Steps all;

        Pieces(HttpScript.Steps start) {
            this.all = start;
        }

        @Override
        public void text(Chunk.Text piece) {
            all = all.text(piece.text());
        }

        @Override
        public void reasoning(Chunk.Reasoning piece) {
            all = all.reasoning(piece.text());
        }

        @Override
        public void functionPiece(Chunk.FunctionPiece piece) {
            all = all.functionCall(piece.id().orElseThrow(), piece.name().orElseThrow(), piece.arguments());
        }
    }
}

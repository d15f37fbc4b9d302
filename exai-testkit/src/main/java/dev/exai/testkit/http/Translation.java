package dev.exai.testkit.http;

import dev.exai.error.AuthenticationException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.spi.ReplyEnd;
import dev.exai.testkit.script.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes of a script for a provider in the same process one for a socket. */
final class Translation implements Script.Reader {
    private static final int NONE = -1;

    private HttpScript.Steps steps = HttpScript.START;
    private @Nullable HttpScript ended;
    private Optional<Duration> retryAfter = Optional.empty();
    private boolean completed;

    /** A function call whose pieces have not all come yet; waits between them come before it. */
    private int function = NONE;

    private String functionId = "";
    private String functionName = "";
    private final List<String> arguments = new ArrayList<>();

    HttpScript result() {
        flush();
        HttpScript script = ended == null ? steps.hang() : ended;
        return retryAfter.isPresent() ? script.retryAfter(retryAfter.get()) : script;
    }

    @Override
    public void pause(Function<RandomGenerator, Duration> time) {
        steps = steps.then(new HttpStep.Wait(time));
    }

    @Override
    public void opened() {
        flush();
        steps = steps.headers();
    }

    @Override
    public void piece(Chunk piece) {
        piece.accept(new Chunk.Visitor() {
            @Override
            public void text(Chunk.Text chunk) {
                flush();
                steps = steps.text(chunk.text());
            }

            @Override
            public void reasoning(Chunk.Reasoning chunk) {
                flush();
                steps = steps.reasoning(chunk.text());
            }

            @Override
            public void functionPiece(Chunk.FunctionPiece chunk) {
                add(chunk);
            }
        });
    }

    private void add(Chunk.FunctionPiece piece) {
        if (piece.index() != function
                || piece.id().filter(id -> !id.equals(functionId)).isPresent()) {
            flush();
            function = piece.index();
            functionId = piece.id().orElse("call_" + function);
            functionName = piece.name().orElse("f");
        }
        arguments.add(piece.arguments());
    }

    private void flush() {
        if (function == NONE) {
            return;
        }
        steps = arguments.size() == 1
                ? steps.functionCall(functionId, functionName, arguments.get(0))
                : steps.functionCallInPieces(functionId, functionName, arguments.toArray(new String[0]));
        arguments.clear();
        function = NONE;
    }

    @Override
    public void keepAlives(Duration every) {
        flush();
        end(steps.keepAliveForEver(every));
    }

    /** Keeps the first end; two whole answers are one whose end comes twice. */
    private void end(HttpScript script) {
        if (ended == null) {
            ended = script;
        }
    }

    @Override
    public void completed(@Nullable ReplyEnd end) {
        flush();
        if (completed && ended != null) {
            ended = steps.completeTwice();
        } else {
            end(end == null ? steps.complete() : steps.complete(text(end.finishReason()), end.usage()));
        }
        completed = true;
    }

    private static String text(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case FUNCTION_CALLS -> "tool_calls";
            case CONTENT_FILTER -> "content_filter";
            default -> "other";
        };
    }

    @Override
    public void timedOut() {
        flush();
        end(steps.hang());
    }

    @Override
    public void failed(Function<String, ? extends ProviderException> maker) {
        if (ended != null) {
            return;
        }
        flush();
        ProviderException failure = maker.apply("fake");
        if (failure instanceof MalformedReplyException) {
            end(steps.garbage().endEarly());
        } else if (failure instanceof UnavailableException && failure.getCause() instanceof IOException) {
            end(steps.reset());
        } else {
            end(steps.refuse(refusalOf(failure)));
            retryAfter = retryAfterOf(failure);
        }
    }

    private static Optional<Duration> retryAfterOf(ProviderException failure) {
        if (failure instanceof RateLimitedException limited) {
            return limited.retryAfter();
        }
        return failure instanceof UnavailableException unavailable ? unavailable.retryAfter() : Optional.empty();
    }

    private static Refusal refusalOf(ProviderException failure) {
        String code = failure.upstream().code().orElse("");
        if (failure instanceof RateLimitedException limited) {
            return switch (limited.scope()) {
                case REQUESTS -> Refusal.REQUEST_RATE;
                case TOKENS -> Refusal.TOKEN_RATE;
                default -> Refusal.CONCURRENCY;
            };
        } else if (failure instanceof QuotaExhaustedException) {
            return switch (code) {
                case "daily_limit" -> Refusal.DAILY_LIMIT;
                case "window_used_up" -> Refusal.WINDOW_USED_UP;
                default -> Refusal.QUOTA_EXHAUSTED;
            };
        } else if (failure instanceof AuthenticationException) {
            return code.equals("forbidden") ? Refusal.FORBIDDEN : Refusal.BAD_KEY;
        } else if (failure instanceof RejectedException) {
            return switch (code) {
                case "prompt_too_long" -> Refusal.PROMPT_TOO_LONG;
                case "content_filter" -> Refusal.CONTENT_FILTER;
                case "model_not_found" -> Refusal.MODEL_NOT_FOUND;
                default -> Refusal.BAD_PARAMETER;
            };
        }
        return switch (code) {
            case "server_error" -> Refusal.SERVER_ERROR;
            case "gateway_timeout" -> Refusal.GATEWAY_TIMEOUT;
            default -> Refusal.OVERLOADED;
        };
    }
}

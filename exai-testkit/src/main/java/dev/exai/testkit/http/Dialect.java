package dev.exai.testkit.http;

import com.google.errorprone.annotations.Immutable;
import dev.exai.message.Usage;
import dev.exai.testkit.script.RateModel;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One provider's way to write what all of them say. The methods that make frames give the JSON of each, without
 * what server-sent events put around it.
 */
@Immutable
abstract class Dialect {
    /** {@return the paths that requests may begin with, the usual one first} */
    abstract List<String> basePaths();

    abstract List<String> models();

    /** {@return the limits of a provider of this kind that allows so many in flight} */
    abstract RateModel inFlight(int most);

    /** {@return the provider's id of a request} */
    abstract String idOf(int number);

    abstract Map<String, String> commonHeaders(String requestId);

    abstract String streamType();

    /**
     * {@return a refusal}
     *
     * @param model the model that was asked
     * @param limit the number to name if a limit was met
     */
    abstract Answer refuse(Refusal refusal, String model, long limit);

    /** {@return the errors that it documents} */
    abstract List<VendorError> errors();

    /** {@return the answer that reports an error of its own} */
    abstract Answer answerOf(VendorError error);

    final VendorError errorNamed(String name) {
        return errors().stream()
                .filter(error -> error.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no error '" + name + "' here, but "
                        + errors().stream().map(VendorError::name).toList()));
    }

    /** {@return the frames that begin a stream} */
    abstract List<String> opening(Reply reply);

    abstract String delta(Reply reply, String field, String text);

    /** {@return the frames of a function call that the script gives as a whole} */
    abstract List<String> wholeFunction(Reply reply, Reply.Function function);

    abstract List<String> ending(Reply reply, String finishReason, Usage usage);

    /** {@return the whole answer for a request without a stream} */
    abstract String whole(Reply reply, String finishReason, Usage usage);

    /** {@return the frames of a function call that comes in pieces} */
    List<String> functionInPieces(Reply reply, Reply.Function function, List<String> pieces) {
        String head = "{\"index\":" + function.index() + ",\"id\":" + JsonText.quote(function.id())
                + ",\"type\":\"function\",\"function\":{\"name\":" + JsonText.quote(function.name())
                + ",\"arguments\":\"\"}}";
        return Stream.concat(
                        Stream.of(head),
                        pieces.stream()
                                .map(piece -> "{\"index\":" + function.index() + ",\"function\":{\"arguments\":"
                                        + JsonText.quote(piece) + "}}"))
                .map(call -> chunk(reply, "{\"tool_calls\":[" + call + "]}"))
                .toList();
    }

    /** {@return a frame in mid-stream with this delta} */
    abstract String chunk(Reply reply, String delta);

    static String callJson(Reply.Function function, boolean idFirst) {
        String id = "\"id\":" + JsonText.quote(function.id());
        String index = "\"index\":" + function.index();
        return "{" + (idFirst ? id + "," + index : index + "," + id) + ",\"type\":\"function\",\"function\":{\"name\":"
                + JsonText.quote(function.name()) + ",\"arguments\":" + JsonText.quote(function.arguments()) + "}}";
    }

    /** {@return the message of a whole answer} */
    static String message(Reply reply, boolean idFirst) {
        StringBuilder json =
                new StringBuilder("{\"role\":\"assistant\",\"content\":" + JsonText.quote(reply.text.toString()));
        if (reply.reasoning.length() > 0) {
            json.append(",\"reasoning_content\":").append(JsonText.quote(reply.reasoning.toString()));
        }
        if (!reply.functions.isEmpty()) {
            json.append(",\"tool_calls\":[");
            for (Reply.Function function : reply.functions) {
                json.append(function.index() == 0 ? "" : ",").append(callJson(function, idFirst));
            }
            json.append(']');
        }
        return json.append('}').toString();
    }

    static String usageStart(Usage usage) {
        return "{\"prompt_tokens\":" + usage.promptTokens() + ",\"completion_tokens\":" + usage.completionTokens()
                + ",\"total_tokens\":" + usage.totalTokens();
    }

    /** Adds a part to a JSON object's text if it is wanted. */
    static String optional(boolean wanted, Supplier<String> part) {
        return wanted ? part.get() : "";
    }
}

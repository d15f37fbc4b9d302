package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.json.JsonText;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds code, type and words in the body of an error, whatever its form: the common {@code error} object, a text in its
 * place, {@code code} and {@code msg} beside {@code success: false}, a page of HTML, plain text, or nothing.
 *
 * @param code the vendor's code, or null
 * @param type the vendor's type, or null
 * @param message its words, not cleaned yet, or null
 * @param requestId its id of the request, or null
 */
record ErrorBody(
        @Nullable String code,
        @Nullable String type,
        @Nullable String message,
        @Nullable String requestId) {
    private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]*>([^<]{1,200})");

    static ErrorBody parse(String text) {
        String body = text.strip();
        if (body.isEmpty()) {
            return new ErrorBody(null, null, null, null);
        }
        if (body.startsWith("<")) {
            Matcher title = TITLE.matcher(body);
            return new ErrorBody(null, null, title.find() ? "HTML page: " + title.group(1) : "HTML page", null);
        }
        try {
            List<JsonNode> nodes = JsonText.parseAll(body);
            if (!nodes.isEmpty() && nodes.get(0).isObject()) {
                return of(nodes.get(0));
            }
        } catch (IllegalArgumentException notJson) {
            // the words of a proxy, then
        }
        return new ErrorBody(null, null, body, null);
    }

    /** {@return the error in the text of an answer with a status of success, or null if it is none} */
    static @Nullable ErrorBody inSuccess(String text) {
        String body = text.strip();
        if (!body.startsWith("{")) {
            return null;
        }
        try {
            JsonNode node = JsonText.parse(body);
            return isError(node) ? of(node) : null;
        } catch (IllegalArgumentException notJson) {
            return null; // whoever wants JSON finds that out
        }
    }

    /** {@return whether an object of an answer with a status of success is an error all the same} */
    static boolean isError(JsonNode node) {
        JsonNode error = node.get("error");
        if (error != null && error.isObject() && !error.isEmpty()) {
            return true;
        }
        if (error != null && error.isTextual() && !error.textValue().isBlank()) {
            return true;
        }
        JsonNode success = node.get("success");
        return success != null && success.isBoolean() && !success.booleanValue() && node.has("code");
    }

    static ErrorBody of(JsonNode node) {
        JsonNode error = node.get("error");
        String requestId = text(node, "request_id");
        if (error != null && error.isObject()) {
            return new ErrorBody(text(error, "code"), text(error, "type"), words(error), requestId);
        }
        if (error != null && error.isTextual()) {
            String words = words(node);
            // {"code":5,"error":"url.not_found","message":"..."}: the error is a name if there are words beside it.
            return words == null
                    ? new ErrorBody(text(node, "code"), null, error.asText(), requestId)
                    : new ErrorBody(text(node, "code"), error.asText(), words, requestId);
        }
        return new ErrorBody(text(node, "code"), text(node, "type"), words(node), requestId);
    }

    private static @Nullable String words(JsonNode node) {
        String message = text(node, "message");
        return message != null ? message : text(node, "msg");
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null || !(value.isTextual() || value.isIntegralNumber())) {
            return null;
        }
        String text = value.asText();
        return text.isBlank() ? null : text;
    }

    /** {@return the HTTP status that the code is, or 0} */
    int statusInCode() {
        return code != null && code.matches("[45]\\d\\d") ? Integer.parseInt(code) : 0;
    }

    @Override
    public String toString() {
        return "ErrorBody[" + (message == null ? 0 : message.length()) + " chars]";
    }
}

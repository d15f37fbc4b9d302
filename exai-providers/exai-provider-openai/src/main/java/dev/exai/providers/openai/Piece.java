package dev.exai.providers.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.json.JsonText;
import dev.exai.message.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object of an answer, read without a tree of it: of the thousands in a stream nearly all have one word in them.
 * What is rare is read as a tree. A later field of the same name counts, as in a tree.
 *
 * <p>Used again for the next object. {@code id} and {@code model}, which stand in each, are kept if they are the same.
 */
final class Piece {
    /** What one choice has. */
    static final class Choice {
        private long index;
        private boolean fromDelta;
        String text = "";
        String reasoning = "";
        private String otherReasoning = "";

        @Nullable
        JsonNode functions;

        @Nullable
        Usage usage;

        @Nullable
        String finish;

        private void clear() {
            index = 0;
            finish = null;
            usage = null;
            fromDelta = false;
            clearMessage();
        }

        private void clearMessage() {
            text = "";
            reasoning = "";
            otherReasoning = "";
            functions = null;
        }

        String reasoning() {
            return reasoning.isEmpty() ? otherReasoning : reasoning;
        }
    }

    @Nullable
    String id;

    @Nullable
    String model;

    @Nullable
    Usage usage;

    @Nullable
    JsonNode webSearch;

    private @Nullable ObjectNode trouble;
    private boolean hasError;
    private final Choice first = new Choice();
    private final List<Choice> choices = new ArrayList<>(1);

    /**
     * Reads the value that the parser is at.
     *
     * @return whether there is something in it
     * @throws IllegalArgumentException if it is neither an object nor null
     */
    boolean read(JsonParser parser) throws IOException {
        clear();
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("a piece of the answer is no JSON object");
        }
        String requestId = null;
        String plainId = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "id" -> plainId = text(parser, id);
                case "request_id" -> {
                    requestId = text(parser, id);
                    if (requestId != null) {
                        trouble().put(name, requestId);
                    }
                }
                case "model" -> {
                    String told = text(parser, model);
                    model = told != null ? told : model;
                }
                case "choices" -> choices(parser);
                case "usage" -> usage = usage(parser);
                case "web_search" -> webSearch = JsonText.tree(parser);
                case "error", "success", "code", "type", "message", "msg" -> {
                    trouble().set(name, JsonText.tree(parser));
                    hasError |= name.equals("error") || name.equals("success");
                }
                default -> parser.skipChildren();
            }
        }
        String found = requestId != null ? requestId : plainId;
        id = found != null ? found : id;
        return true;
    }

    /** {@return the error that the object is, or null} */
    @Nullable
    ErrorBody error() {
        return hasError && trouble != null && ErrorBody.isError(trouble) ? ErrorBody.of(trouble) : null;
    }

    /** {@return those choices that belong to the first answer} */
    List<Choice> choices() {
        return choices;
    }

    private void clear() {
        usage = null;
        webSearch = null;
        trouble = null;
        hasError = false;
        choices.clear();
    }

    private ObjectNode trouble() {
        ObjectNode node = trouble;
        if (node == null) {
            node = JsonNodeFactory.instance.objectNode();
            trouble = node;
        }
        return node;
    }

    private void choices(JsonParser parser) throws IOException {
        choices.clear();
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                continue;
            }
            Choice choice = choices.isEmpty() ? first : new Choice();
            choice.clear();
            choice(parser, choice);
            if (choice.index == 0) {
                choices.add(choice);
            }
        }
    }

    private static void choice(JsonParser parser, Choice choice) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "index" -> choice.index = count(parser);
                case "finish_reason" -> choice.finish = text(parser, null);
                case "usage" -> choice.usage = usage(parser);
                case "delta", "message" -> {
                    boolean isDelta = name.equals("delta");
                    if (value == JsonToken.START_OBJECT && (isDelta || !choice.fromDelta)) {
                        choice.fromDelta = isDelta;
                        message(parser, choice);
                    } else {
                        parser.skipChildren();
                    }
                }
                default -> parser.skipChildren();
            }
        }
    }

    private static void message(JsonParser parser, Choice choice) throws IOException {
        choice.clearMessage();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "content" -> choice.text = content(parser);
                case "reasoning_content" -> choice.reasoning = content(parser);
                case "reasoning" -> choice.otherReasoning = content(parser);
                case "tool_calls" -> choice.functions = JsonText.tree(parser);
                default -> parser.skipChildren();
            }
        }
    }

    /** {@return a text, also where it comes as a list of parts} */
    private static String content(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : JsonText.tree(parser)) {
            text.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
        }
        return text.toString();
    }

    /** {@return the text that the parser is at, or null if there is none; {@code known} if it is the same} */
    private static @Nullable String text(JsonParser parser, @Nullable String known) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            parser.skipChildren();
            return null;
        }
        int length = parser.getTextLength();
        if (length == 0) {
            return null;
        }
        return known != null && isSame(known, parser.getTextCharacters(), parser.getTextOffset(), length)
                ? known
                : parser.getText();
    }

    private static boolean isSame(String known, char[] characters, int offset, int length) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known.charAt(i) != characters[offset + i]) {
                return false;
            }
        }
        return true;
    }

    /** {@return the tokens that the object tells of, or null if it is none} */
    private static @Nullable Usage usage(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return null;
        }
        long prompt = 0;
        long completion = 0;
        long cached = 0;
        long cachedInDetails = 0;
        long reasoning = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "prompt_tokens" -> prompt = count(parser);
                case "completion_tokens" -> completion = count(parser);
                case "cached_tokens" -> cached = count(parser);
                case "prompt_tokens_details" -> cachedInDetails = detail(parser, "cached_tokens");
                case "completion_tokens_details" -> reasoning = detail(parser, "reasoning_tokens");
                default -> parser.skipChildren();
            }
        }
        return Usage.of(prompt, cachedInDetails != 0 ? cachedInDetails : cached, completion, reasoning);
    }

    private static long detail(JsonParser parser, String wanted) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return 0;
        }
        long found = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean isWanted = parser.currentName().equals(wanted);
            parser.nextToken();
            if (isWanted) {
                found = count(parser);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    /** {@return the count that the parser is at; 0 for what can be none} */
    private static long count(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return Math.max(0, parser.getLongValue());
        }
        parser.skipChildren();
        return 0;
    }
}

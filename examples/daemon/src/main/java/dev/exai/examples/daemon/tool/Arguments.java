package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads a tool's arguments; what is there but of the wrong kind is refused by name. What is not known is not read. */
final class Arguments {
    private final JsonNode json;

    Arguments(JsonNode json) {
        if (!json.isObject() && !json.isNull() && !json.isMissingNode()) {
            throw new IllegalArgumentException("arguments must be an object");
        }
        this.json = json;
    }

    String required(String name) {
        return text(name)
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is required, and must not be blank"));
    }

    Optional<String> text(String name) {
        return value(name, "text", JsonNode::isTextual).map(JsonNode::asText);
    }

    Optional<Boolean> flag(String name) {
        return value(name, "true or false", JsonNode::isBoolean).map(JsonNode::asBoolean);
    }

    Optional<Double> number(String name) {
        return value(name, "a number", JsonNode::isNumber).map(JsonNode::asDouble);
    }

    Optional<Integer> wholeNumber(String name) {
        return value(name, "a whole number", node -> node.isIntegralNumber() && node.canConvertToInt())
                .map(JsonNode::asInt);
    }

    /** The time that is asked for, if it is less than what there is at most. */
    Duration timeout(Duration most) {
        return number("timeout_secs")
                .map(seconds -> {
                    if (!(seconds > 0 && seconds <= 86_400)) {
                        throw new IllegalArgumentException("'timeout_secs' must be more than 0 and at most 86400");
                    }
                    return Duration.ofNanos((long) (seconds * 1e9));
                })
                .filter(asked -> asked.compareTo(most) < 0)
                .orElse(most);
    }

    private Optional<JsonNode> value(String name, String kind, Predicate<JsonNode> is) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!is.test(value)) {
            throw new IllegalArgumentException("'" + name + "' must be " + kind);
        }
        return Optional.of(value);
    }
}

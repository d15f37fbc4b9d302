package dev.exai.testkit.http;

import dev.exai.testkit.internal.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request as the server received it. Immutable; {@code toString} tells sizes, never content, and a key is shown
 * nowhere.
 */
public final class RecordedRequest {
    private static final String REDACTED = "[redacted]";
    private static final Set<String> SECRET =
            Set.of("authorization", "proxy-authorization", "api-key", "x-api-key", "cookie");

    private final int number;
    private final String method;
    private final String path;
    private final Map<String, String> headers;
    private final @Nullable String authorization;
    private final String body;
    private final @Nullable Map<?, ?> json;
    private final Duration arrival;

    RecordedRequest(
            int number, String method, String path, Map<String, String> headers, String body, Duration arrival) {
        this.number = number;
        this.method = method;
        this.path = path;
        this.authorization = headers.get("authorization");
        this.headers = new TreeMap<>(headers);
        this.headers.replaceAll((name, value) -> SECRET.contains(name) ? REDACTED : value);
        this.body = body;
        this.json = parse(body);
        this.arrival = arrival;
    }

    private static @Nullable Map<?, ?> parse(String body) {
        try {
            return JsonReader.read(body) instanceof Map<?, ?> object ? object : null;
        } catch (JsonReader.MalformedJsonException e) {
            return null;
        }
    }

    /** {@return which request for an answer this is, from 1; 0 for a request of another kind} */
    public int number() {
        return number;
    }

    /** {@return the HTTP method} */
    public String method() {
        return method;
    }

    /** {@return the path, with the query} */
    public String path() {
        return path;
    }

    /** {@return the headers by their names in lower case; those that hold a secret are redacted} */
    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    /**
     * {@return a header}
     *
     * @param name its name, in any case
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * {@return whether the request was authorized with this key}
     *
     * @param key the key, as sent after {@code Bearer}
     */
    public boolean authorizedWith(String key) {
        return authorization != null
                && MessageDigest.isEqual(
                        authorization.getBytes(StandardCharsets.UTF_8),
                        ("Bearer " + key).getBytes(StandardCharsets.UTF_8));
    }

    boolean hasBearerKey() {
        return authorization != null
                && authorization.startsWith("Bearer ")
                && !authorization.substring("Bearer ".length()).isBlank();
    }

    /** {@return the body as text} */
    public String body() {
        return body;
    }

    /** {@return whether the body is a JSON object} */
    public boolean isJson() {
        return json != null;
    }

    /** {@return the model that is asked; empty if the body names none} */
    public String model() {
        return text("model");
    }

    /** {@return when it came, since the server was started, by the server's clock} */
    public Duration arrival() {
        return arrival;
    }

    /** {@return the limit on output tokens that it names, by either of the two names for it} */
    public OptionalLong maxOutputTokens() {
        for (String name : List.of("max_completion_tokens", "max_tokens")) {
            if (json != null && json.get(name) instanceof Double number && number >= 1) {
                return OptionalLong.of(number.longValue());
            }
        }
        return OptionalLong.empty();
    }

    /** {@return the names of the functions that it offers} */
    public List<String> functions() {
        List<String> names = new ArrayList<>();
        if (json != null && json.get("tools") instanceof List<?> tools) {
            for (Object tool : tools) {
                if (tool instanceof Map<?, ?> fields
                        && fields.get("function") instanceof Map<?, ?> function
                        && function.get("name") instanceof String name) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /**
     * {@return a value of the body: a text, a number as a double, a boolean, a map or a list}
     *
     * @param path where it is: names and numbers with dots between, {@code messages.0.role}
     */
    public Optional<Object> field(String path) {
        Object value = json;
        for (String step : path.split("\\.", -1)) {
            if (value instanceof Map<?, ?> fields) {
                value = fields.get(step);
            } else if (value instanceof List<?> items && step.matches("\\d{1,6}")) {
                int index = Integer.parseInt(step);
                value = index < items.size() ? items.get(index) : null;
            } else {
                return Optional.empty();
            }
        }
        return JsonReader.NULL.equals(value) ? Optional.empty() : Optional.ofNullable(value);
    }

    /** {@return whether a stream is asked for} */
    public boolean stream() {
        return json != null && Boolean.TRUE.equals(json.get("stream"));
    }

    /** {@return whether the stream shall end with a chunk that holds the usage} */
    boolean includesUsage() {
        return json != null
                && json.get("stream_options") instanceof Map<?, ?> options
                && Boolean.TRUE.equals(options.get("include_usage"));
    }

    /** {@return the text of the user's last message; empty if there is none} */
    public String promptText() {
        List<?> messages = messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof Map<?, ?> message && "user".equals(message.get("role"))) {
                return contentOf(message);
            }
        }
        return "";
    }

    /** {@return whether the last message is what a function gave} */
    boolean endsWithFunctionResult() {
        List<?> messages = messages();
        return !messages.isEmpty()
                && messages.get(messages.size() - 1) instanceof Map<?, ?> last
                && "tool".equals(last.get("role"));
    }

    List<?> messages() {
        return json != null && json.get("messages") instanceof List<?> messages ? messages : List.of();
    }

    /** {@return how long the prompt is, at four characters a token} */
    public long promptTokens() {
        long chars = 0;
        for (Object each : messages()) {
            chars += each instanceof Map<?, ?> message ? contentOf(message).length() : 0;
        }
        return Tokens.in(chars);
    }

    /** Content is a text, or a list of parts of which some are text. */
    private static String contentOf(Map<?, ?> message) {
        Object content = message.get("content");
        if (content instanceof List<?> parts) {
            StringBuilder all = new StringBuilder();
            for (Object part : parts) {
                if (part instanceof Map<?, ?> fields && fields.get("text") instanceof String text) {
                    all.append(text);
                }
            }
            return all.toString();
        }
        return content instanceof String text ? text : "";
    }

    private String text(String field) {
        return json != null && json.get(field) instanceof String value ? value : "";
    }

    @Override
    public String toString() {
        return "RecordedRequest[#" + number + " " + method + " " + path + ", " + model() + ", " + body.length()
                + " chars]";
    }
}

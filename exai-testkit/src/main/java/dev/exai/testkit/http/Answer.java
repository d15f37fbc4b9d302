package dev.exai.testkit.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A whole HTTP answer. */
record Answer(int status, Map<String, String> headers, String body) {
    private static final String JSON = "application/json; charset=utf-8";
    private static final List<String> WAITS = List.of("Retry-After", "X-Retry-After", "Msh-Cooldown-Seconds");

    static Answer json(int status, String body) {
        return new Answer(status, Map.of("Content-Type", JSON), body);
    }

    static Answer html(int status, String title) {
        String body = "<html>\r\n<head><title>" + status + " " + title + "</title></head>\r\n<body>\r\n<center><h1>"
                + status + " " + title + "</h1></center>\r\n</body>\r\n</html>\r\n";
        return new Answer(status, Map.of("Content-Type", "text/html"), body);
    }

    Answer with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Answer(status, all, body);
    }

    /** {@return this answer, saying in each of the headers for it when to come back, or in none} */
    Answer withRetryAfter(Optional<Duration> time) {
        Answer said = this;
        for (String name : WAITS) {
            if (time.isPresent() && (headers.containsKey(name) || name.equals(WAITS.get(0)))) {
                said = said.with(name, Long.toString(time.get().toSeconds()));
            } else {
                said = said.without(name);
            }
        }
        return said;
    }

    Answer without(String name) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.remove(name);
        return new Answer(status, all, body);
    }
}

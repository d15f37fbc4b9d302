package dev.exai.testkit.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Which script answers which request: by number first, then by the first matcher, then the default. */
final class Scripts {
    private final Object lock = new Object();

    @GuardedBy("lock")
    private HttpScript byDefault =
            HttpScript.after(Duration.ofMillis(5)).text("ok").complete();

    @GuardedBy("lock")
    private final Map<Integer, HttpScript> byNumber = new HashMap<>();

    @GuardedBy("lock")
    private final List<Rule> rules = new ArrayList<>();

    private record Rule(Predicate<RecordedRequest> matcher, HttpScript script) {}

    void setDefault(HttpScript script) {
        synchronized (lock) {
            byDefault = Objects.requireNonNull(script, "script");
        }
    }

    void set(int number, HttpScript script) {
        if (number < 1) {
            throw new IllegalArgumentException("number < 1: " + number);
        }
        synchronized (lock) {
            byNumber.put(number, Objects.requireNonNull(script, "script"));
        }
    }

    void add(Predicate<RecordedRequest> matcher, HttpScript script) {
        Rule rule = new Rule(Objects.requireNonNull(matcher, "matcher"), Objects.requireNonNull(script, "script"));
        synchronized (lock) {
            rules.add(rule);
        }
    }

    HttpScript of(RecordedRequest request) {
        List<Rule> candidates;
        HttpScript otherwise;
        synchronized (lock) {
            HttpScript ofNumber = byNumber.get(request.number());
            if (ofNumber != null) {
                return ofNumber;
            }
            candidates = List.copyOf(rules);
            otherwise = byDefault;
        }
        return candidates.stream()
                .filter(rule -> rule.matcher().test(request))
                .map(Rule::script)
                .findFirst()
                .orElse(otherwise);
    }
}

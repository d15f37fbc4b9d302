package dev.exai.testkit.http;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a test asserts of the requests that a fake server has recorded. Failures name the requests by number, method
 * and size, never by content.
 *
 * <pre>{@code
 * server.assertRequests()
 *         .hasCount(3)
 *         .allMatch("name a limit", request -> request.maxOutputTokens().isPresent())
 *         .exactly(1, "ask GLM 5.3", request -> request.model().equals("glm-5.3"))
 *         .comeApart(Duration.ofSeconds(1));
 * }</pre>
 */
public final class RequestAssertions {
    private final String server;
    private final List<RecordedRequest> requests;

    RequestAssertions(String server, List<RecordedRequest> requests) {
        this.server = server;
        this.requests = requests;
    }

    /** {@return the requests that are asserted about, in the order of arrival} */
    public List<RecordedRequest> requests() {
        return requests;
    }

    /**
     * Keeps some of the requests.
     *
     * @param matcher tells which
     * @return assertions about them
     */
    public RequestAssertions where(Predicate<RecordedRequest> matcher) {
        return new RequestAssertions(server, requests.stream().filter(matcher).toList());
    }

    /**
     * Asserts how many there are.
     *
     * @param count how many
     * @return these assertions
     * @throws AssertionError if there are more or fewer
     */
    public RequestAssertions hasCount(int count) {
        return check(requests.size() == count, count + " requests wanted", requests);
    }

    /**
     * Asserts something of every request.
     *
     * @param what what it is, to follow "requests that do not"
     * @param matcher tells whether it is so
     * @return these assertions
     * @throws AssertionError if it is not so of some; it names them
     */
    public RequestAssertions allMatch(String what, Predicate<RecordedRequest> matcher) {
        List<RecordedRequest> others =
                requests.stream().filter(matcher.negate()).toList();
        return check(others.isEmpty(), "there are requests that do not " + what, others);
    }

    /**
     * Asserts that something is true of no request.
     *
     * @param what what it is, to follow "requests that"
     * @param matcher tells whether it is so
     * @return these assertions
     * @throws AssertionError if it is so of some; it names them
     */
    public RequestAssertions noneMatch(String what, Predicate<RecordedRequest> matcher) {
        List<RecordedRequest> found = requests.stream().filter(matcher).toList();
        return check(found.isEmpty(), "there are requests that " + what, found);
    }

    /**
     * Asserts of how many requests something is true.
     *
     * @param count how many
     * @param what what it is, to follow "requests that"
     * @param matcher tells whether it is so
     * @return these assertions
     * @throws AssertionError if it is so of more or fewer
     */
    public RequestAssertions exactly(int count, String what, Predicate<RecordedRequest> matcher) {
        List<RecordedRequest> found = requests.stream().filter(matcher).toList();
        return check(found.size() == count, count + " requests wanted that " + what, found);
    }

    /**
     * Asserts which models were asked, in the order of arrival.
     *
     * @param models the models' ids
     * @return these assertions
     * @throws AssertionError if others were asked, or in another order
     */
    public RequestAssertions ask(String... models) {
        List<String> asked = requests.stream().map(RecordedRequest::model).toList();
        return check(asked.equals(List.of(models)), "wanted in this order: " + List.of(models), requests);
    }

    /**
     * Asserts that no request came sooner after the one before it than this.
     *
     * @param atLeast the time between two, by the server's clock
     * @return these assertions
     * @throws AssertionError if one came sooner
     */
    public RequestAssertions comeApart(Duration atLeast) {
        Objects.requireNonNull(atLeast, "atLeast");
        for (int i = 1; i < requests.size(); i++) {
            Duration apart = requests.get(i).arrival().minus(requests.get(i - 1).arrival());
            check(
                    apart.compareTo(atLeast) >= 0,
                    "only " + apart + " apart, and not " + atLeast,
                    requests.subList(i - 1, i + 1));
        }
        return this;
    }

    private RequestAssertions check(boolean holds, String otherwise, List<RecordedRequest> those) {
        if (!holds) {
            throw new AssertionError(server + ": " + otherwise + ", but " + those.size() + " of " + requests.size()
                    + " are: "
                    + those.stream().map(RecordedRequest::toString).collect(Collectors.joining(", ")));
        }
        return this;
    }
}

package dev.exai.context;

import dev.exai.error.ErrorContext;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and until when: what a call hands down to every room below it. Immutable.
 */
public final class CallContext {
    private static final AtomicLong NEXT = new AtomicLong(1);

    private final long number;
    private final SessionId sessionId;
    private final String label;
    private final Deadline deadline;
    private final Origin origin;
    private final @Nullable CallContext parent;

    /** Made when it is first asked for; two threads may make it, and make the same. */
    private @Nullable CallId callId;

    private CallContext(
            long number,
            SessionId sessionId,
            String label,
            Deadline deadline,
            Origin origin,
            @Nullable CallContext parent) {
        this.number = number;
        this.sessionId = Objects.requireNonNull(sessionId, "sessionId");
        this.label = Objects.requireNonNull(label, "label");
        this.deadline = Objects.requireNonNull(deadline, "deadline");
        this.origin = origin;
        this.parent = parent;
    }

    /**
     * {@return a context with a new call id, asked for by the current thread at this place}
     *
     * @param sessionId the session that asks
     * @param label what is asked, in a word or two, for people to read; no content
     * @param deadline until when
     */
    public static CallContext create(SessionId sessionId, String label, Deadline deadline) {
        return new CallContext(NEXT.getAndIncrement(), sessionId, label, deadline, Origin.here(), null);
    }

    /**
     * {@return a context of a child call, whose deadline is no later than this one's}
     *
     * @param childLabel what is asked
     * @param childDeadline until when, if that is sooner
     */
    public CallContext child(String childLabel, Deadline childDeadline) {
        return new CallContext(
                NEXT.getAndIncrement(), sessionId, childLabel, deadline.earlierOf(childDeadline), Origin.here(), this);
    }

    /** {@return the call's number: no other call of this process has it} */
    public long number() {
        return number;
    }

    /** {@return the call} */
    public CallId callId() {
        CallId known = callId;
        if (known == null) {
            known = new CallId(sessionId.value() + "#" + number);
            callId = known;
        }
        return known;
    }

    /** {@return the session that asks} */
    public SessionId sessionId() {
        return sessionId;
    }

    /** {@return what is asked, in a word or two} */
    public String label() {
        return label;
    }

    /** {@return until when} */
    public Deadline deadline() {
        return deadline;
    }

    /** {@return where it was asked for} */
    public Origin origin() {
        return origin;
    }

    /** {@return the call that waits for this one, if it is a child} */
    public Optional<CallContext> parent() {
        return Optional.ofNullable(parent);
    }

    /** {@return the context of errors of this call} */
    public ErrorContext errorContext() {
        return ErrorContext.ofCall(callId().value(), sessionId.value());
    }

    @Override
    public String toString() {
        return callId() + " " + label;
    }
}

package dev.exai.error;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says where an error happened: to which call, session, provider and model, and how long the call had run.
 *
 * <p>Every part is optional, because an error may be made by code that knows only some of it; the call adds the
 * rest on the way to its caller. Immutable.
 */
public final class ErrorContext {
    private static final ErrorContext UNKNOWN = new ErrorContext(null, null, null, null, null);

    private final @Nullable String callId;
    private final @Nullable String sessionId;
    private final @Nullable String provider;
    private final @Nullable String model;
    private final @Nullable Duration elapsed;

    private ErrorContext(
            @Nullable String callId,
            @Nullable String sessionId,
            @Nullable String provider,
            @Nullable String model,
            @Nullable Duration elapsed) {
        this.callId = callId;
        this.sessionId = sessionId;
        this.provider = provider;
        this.model = model;
        this.elapsed = elapsed;
    }

    /** {@return a context that knows nothing} */
    public static ErrorContext unknown() {
        return UNKNOWN;
    }

    /**
     * {@return the context of a call of a session}
     *
     * @param callId the call's id as text
     * @param sessionId the session's id as text
     */
    public static ErrorContext ofCall(String callId, String sessionId) {
        return new ErrorContext(
                Objects.requireNonNull(callId, "callId"),
                Objects.requireNonNull(sessionId, "sessionId"),
                null,
                null,
                null);
    }

    /**
     * {@return the context of a provider, with no call yet}
     *
     * @param provider the provider's id as text
     */
    public static ErrorContext ofProvider(String provider) {
        return UNKNOWN.withProvider(provider);
    }

    /**
     * {@return this context with the provider set}
     *
     * @param newProvider the provider's id as text
     */
    public ErrorContext withProvider(String newProvider) {
        return new ErrorContext(callId, sessionId, Objects.requireNonNull(newProvider, "provider"), model, elapsed);
    }

    /**
     * {@return this context with the model set}
     *
     * @param newModel the model's id as text
     */
    public ErrorContext withModel(String newModel) {
        return new ErrorContext(callId, sessionId, provider, Objects.requireNonNull(newModel, "model"), elapsed);
    }

    /**
     * {@return this context with the time that the call had run}
     *
     * @param newElapsed the time since the call started
     */
    public ErrorContext withElapsed(Duration newElapsed) {
        return new ErrorContext(callId, sessionId, provider, model, Objects.requireNonNull(newElapsed, "elapsed"));
    }

    /**
     * {@return this context, with what it does not know taken from the other}
     *
     * @param other the context to complete this one from
     */
    public ErrorContext orElse(ErrorContext other) {
        return new ErrorContext(
                callId != null ? callId : other.callId,
                sessionId != null ? sessionId : other.sessionId,
                provider != null ? provider : other.provider,
                model != null ? model : other.model,
                elapsed != null ? elapsed : other.elapsed);
    }

    /** {@return the id of the call, if known} */
    public Optional<String> callId() {
        return Optional.ofNullable(callId);
    }

    /** {@return the id of the session, if known} */
    public Optional<String> sessionId() {
        return Optional.ofNullable(sessionId);
    }

    /** {@return the provider, if known} */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** {@return the model, if known} */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** {@return how long the call had run, if known} */
    public Optional<Duration> elapsed() {
        return Optional.ofNullable(elapsed);
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (callId != null) {
            parts.add("call " + callId);
        }
        if (sessionId != null && (callId == null || !callId.startsWith(sessionId))) {
            parts.add("session " + sessionId);
        }
        if (provider != null || model != null) {
            parts.add((provider == null ? "?" : provider) + (model == null ? "" : "/" + model));
        }
        if (elapsed != null) {
            parts.add("after " + Durations.text(elapsed));
        }
        return String.join(", ", parts);
    }
}

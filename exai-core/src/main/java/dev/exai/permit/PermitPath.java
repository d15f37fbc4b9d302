package dev.exai.permit;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The levels that one permit covers: a session, a provider, maybe one of its models, and always the whole pool.
 * Immutable, and cheapest if it is made once and used again.
 */
public final class PermitPath {
    private final SessionId session;
    private final ProviderId provider;
    private final @Nullable String model;

    /**
     * Where it led to when it was last used, so that the pool need not look it up. Any pool may use this path, each
     * under its own lock: what is found here is believed only if it is of the same pool, which its final fields say.
     */
    @Nullable
    Lane lane;

    private PermitPath(SessionId session, ProviderId provider, @Nullable String model) {
        this.session = Objects.requireNonNull(session, "session");
        this.provider = Objects.requireNonNull(provider, "provider");
        this.model = model;
    }

    /**
     * {@return the path of a session to a provider}
     *
     * @param session the session
     * @param provider the provider
     */
    public static PermitPath of(SessionId session, ProviderId provider) {
        return new PermitPath(session, provider, null);
    }

    /**
     * {@return the path of a session to a model of a provider} It has a level of its own if the limits name one for it.
     *
     * @param session the session
     * @param provider the provider
     * @param model the model's id
     */
    public static PermitPath of(SessionId session, ProviderId provider, String model) {
        return new PermitPath(session, provider, Objects.requireNonNull(model, "model"));
    }

    /** {@return the session} */
    public SessionId session() {
        return session;
    }

    /** {@return the provider} */
    public ProviderId provider() {
        return provider;
    }

    /** {@return the model, if one is named} */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PermitPath that
                && session.equals(that.session)
                && provider.equals(that.provider)
                && Objects.equals(model, that.model);
    }

    @Override
    public int hashCode() {
        return Objects.hash(session, provider, model);
    }

    @Override
    public String toString() {
        return session + " at " + provider + (model == null ? "" : " with " + model);
    }
}

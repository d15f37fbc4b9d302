package dev.exai.permit;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import java.util.Objects;

/** The levels that one permit covers: a session, a provider, and always the whole pool. Immutable. */
public final class PermitPath {
    private final SessionId session;
    private final ProviderId provider;

    private PermitPath(SessionId session, ProviderId provider) {
        this.session = Objects.requireNonNull(session, "session");
        this.provider = Objects.requireNonNull(provider, "provider");
    }

    /**
     * {@return the path of a session to a provider}
     *
     * @param session the session
     * @param provider the provider
     */
    public static PermitPath of(SessionId session, ProviderId provider) {
        return new PermitPath(session, provider);
    }

    /** {@return the session} */
    public SessionId session() {
        return session;
    }

    /** {@return the provider} */
    public ProviderId provider() {
        return provider;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PermitPath that && session.equals(that.session) && provider.equals(that.provider);
    }

    @Override
    public int hashCode() {
        return 31 * session.hashCode() + provider.hashCode();
    }

    @Override
    public String toString() {
        return session + " at " + provider;
    }
}

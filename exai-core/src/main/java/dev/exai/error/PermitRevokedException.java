package dev.exai.error;

import java.util.Objects;

/** Thrown when a permit was taken back from its holder, so that what it stood for must not go on. */
public final class PermitRevokedException extends ExaiException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param why why the permit was taken back
     */
    public PermitRevokedException(String why) {
        super(
                "The permit is no longer held: " + Objects.requireNonNull(why, "why"),
                "Ask for a new permit before going on",
                true,
                ErrorContext.unknown(),
                null);
    }

    private PermitRevokedException(PermitRevokedException that, ErrorContext context) {
        super(that, context);
    }

    @Override
    PermitRevokedException copy(ErrorContext newContext) {
        return new PermitRevokedException(this, newContext);
    }
}

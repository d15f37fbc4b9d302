package dev.exai.error;

import java.util.Objects;

/**
 * Thrown when a call asks for a permit while it, or a call that waits for it, already has or awaits one: waiting
 * while holding is how sessions come to block each other, so it is refused at once.
 */
public final class NestedPermitException extends ExaiException {
    private static final long serialVersionUID = 1L;

    private final String holder;

    /**
     * Creates the exception.
     *
     * @param holder the call that already has or awaits a permit
     */
    public NestedPermitException(String holder) {
        super(
                "A second permit was asked for while call " + Objects.requireNonNull(holder, "holder")
                        + " has or awaits one",
                "Give the first back before you ask again",
                false,
                ErrorContext.unknown(),
                null);
        this.holder = holder;
    }

    private NestedPermitException(NestedPermitException that, ErrorContext context) {
        super(that, context);
        this.holder = that.holder;
    }

    @Override
    NestedPermitException copy(ErrorContext newContext) {
        return new NestedPermitException(this, newContext);
    }

    /** {@return the call that already has or awaits a permit} */
    public String holder() {
        return holder;
    }
}

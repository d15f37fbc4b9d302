package dev.exai.spi;

import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a model is offered still, and what stands in for one that is not. Immutable. */
public final class ModelStatus {
    /** What a vendor does with a model. */
    public enum Stage {
        /** It is on trial and may go or change without notice. "auto" takes it last. */
        PREVIEW,
        /** It is offered. */
        CURRENT,
        /** It is offered no more, or not to everyone. "auto" never takes it; who names it is asked for it, with a warning. */
        RETIRED
    }

    private static final ModelStatus PREVIEW = new ModelStatus(Stage.PREVIEW, null, null);
    private static final ModelStatus CURRENT = new ModelStatus(Stage.CURRENT, null, null);

    private final Stage stage;
    private final @Nullable LocalDate since;
    private final @Nullable String successor;

    private ModelStatus(Stage stage, @Nullable LocalDate since, @Nullable String successor) {
        this.stage = stage;
        this.since = since;
        this.successor = successor;
    }

    /** {@return the status of a model on trial} */
    public static ModelStatus preview() {
        return PREVIEW;
    }

    /** {@return the status of a model that is offered} */
    public static ModelStatus current() {
        return CURRENT;
    }

    /**
     * {@return the status of a model that is offered no more}
     *
     * @param since when it went, or null if that is not known
     * @param successor the id of the model to use in its place, or null if there is none
     */
    public static ModelStatus retired(@Nullable LocalDate since, @Nullable String successor) {
        return new ModelStatus(Stage.RETIRED, since, successor);
    }

    /** {@return the stage} */
    public Stage stage() {
        return stage;
    }

    /** {@return whether it is offered no more} */
    public boolean isRetired() {
        return stage == Stage.RETIRED;
    }

    /** {@return when it was retired, if it was and that is known} */
    public Optional<LocalDate> since() {
        return Optional.ofNullable(since);
    }

    /** {@return the id of the model to use in its place, if it was retired and there is one} */
    public Optional<String> successor() {
        return Optional.ofNullable(successor);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ModelStatus that
                && stage == that.stage
                && Objects.equals(since, that.since)
                && Objects.equals(successor, that.successor);
    }

    @Override
    public int hashCode() {
        return Objects.hash(stage, since, successor);
    }

    @Override
    public String toString() {
        return switch (stage) {
            case PREVIEW -> "preview";
            case CURRENT -> "current";
            case RETIRED ->
                "retired" + (since == null ? "" : " on " + since) + (successor == null ? "" : ", use " + successor);
        };
    }
}

package dev.exai.error;

import java.util.List;
import java.util.Objects;

/** Thrown when no model answers to what was asked for. */
public final class ModelNotFoundException extends ExaiException {
    private static final long serialVersionUID = 1L;

    private final String selector;
    private final transient List<String> knownModels;

    /**
     * Creates the exception.
     *
     * @param selector what was asked for
     * @param knownModels the models that could have been asked for
     */
    public ModelNotFoundException(String selector, List<String> knownModels) {
        super(
                "No model for '" + Objects.requireNonNull(selector, "selector") + "'",
                knownModels.isEmpty()
                        ? "No provider offers any model: add one"
                        : "Known: " + String.join(", ", knownModels),
                false,
                ErrorContext.unknown(),
                null);
        this.selector = selector;
        this.knownModels = List.copyOf(knownModels);
    }

    private ModelNotFoundException(ModelNotFoundException that, ErrorContext context) {
        super(that, context);
        this.selector = that.selector;
        this.knownModels = that.knownModels;
    }

    @Override
    ModelNotFoundException copy(ErrorContext newContext) {
        return new ModelNotFoundException(this, newContext);
    }

    /** {@return what was asked for} */
    public String selector() {
        return selector;
    }

    /** {@return the models that could have been asked for} */
    public List<String> knownModels() {
        return knownModels;
    }
}

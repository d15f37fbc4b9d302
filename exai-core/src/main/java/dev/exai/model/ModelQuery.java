package dev.exai.model;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.spi.ModelInfo.Capability;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** What was asked for, and what the model must be able to do. Immutable, and a key of caches. */
public final class ModelQuery {
    private final String selector;
    private final Set<Capability> needs;
    private final int hash;

    private ModelQuery(String selector, Set<Capability> needs) {
        this.selector = Objects.requireNonNull(selector, "selector");
        this.needs = Set.copyOf(needs);
        this.hash = 31 * selector.hashCode() + this.needs.hashCode();
    }

    /**
     * {@return a query}
     *
     * @param selector {@code auto}, an alias, or a model's id, optionally as {@code provider/id}
     * @param needs what the model must be able to do
     */
    public static ModelQuery of(String selector, Set<Capability> needs) {
        return new ModelQuery(selector, needs);
    }

    /**
     * {@return the query of a request: its selector, and what its content needs}
     *
     * @param request the request
     */
    public static ModelQuery of(ChatRequest request) {
        Set<Capability> needs = EnumSet.noneOf(Capability.class);
        if (!request.functions().isEmpty()) {
            needs.add(Capability.FUNCTIONS);
        }
        if (request.thinking().orElse(false)) {
            needs.add(Capability.THINKING);
        }
        for (ChatMessage message : request.messages()) {
            if (!message.isPlain()) {
                needs.add(Capability.VISION);
                break;
            }
        }
        if (request.webSearch().isPresent()) {
            needs.add(Capability.WEB_SEARCH);
        }
        return new ModelQuery(request.model(), needs);
    }

    /** {@return what was asked for} */
    public String selector() {
        return selector;
    }

    /** {@return what the model must be able to do} */
    public Set<Capability> needs() {
        return needs;
    }

    /** {@return whether the choice is left to the library} */
    public boolean isAuto() {
        return selector.toLowerCase(Locale.ROOT).equals(ChatRequest.AUTO);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ModelQuery that && selector.equals(that.selector) && needs.equals(that.needs);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return selector + (needs.isEmpty() ? "" : " with " + needs);
    }
}

package dev.exai.run;

import dev.exai.context.Deadline;
import dev.exai.error.ModelNotFoundException;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.model.ModelRequest;
import dev.exai.model.ModelResolver;
import dev.exai.model.Resolution;
import dev.exai.model.Route;
import java.math.BigDecimal;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What runs ask of models: how long a conversation may be, and what a reply has cost. Safe for use by many threads. */
final class ModelFacts {
    private final ModelResolver resolver;

    ModelFacts(ModelResolver resolver) {
        this.resolver = resolver;
    }

    CompletableFuture<Resolution> resolve(ChatRequest request, Deadline deadline) {
        return resolver.resolve(ModelRequest.of(request), deadline);
    }

    /** What a reply has cost in US dollars; null if nobody knows the price of the model that gave it. */
    @Nullable
    BigDecimal cost(ChatReply reply) {
        try {
            Route route = resolver.catalog().find(reply.provider() + "/" + reply.model());
            return route.model().price().map(price -> price.cost(reply.usage())).orElse(null);
        } catch (ModelNotFoundException unknown) {
            return null;
        }
    }
}

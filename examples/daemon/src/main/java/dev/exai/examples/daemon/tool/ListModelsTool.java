package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.context.ProviderId;
import dev.exai.model.ModelCatalog;
import dev.exai.session.Session;
import dev.exai.spi.ModelInfo;
import java.util.Locale;
import java.util.Objects;

/** Lists the models that can be asked for, without asking any provider. */
public final class ListModelsTool implements DaemonTool {
    private final ModelCatalog catalog;

    /**
     * Creates the tool.
     *
     * @param catalog what to list
     */
    public ListModelsTool(ModelCatalog catalog) {
        this.catalog = Objects.requireNonNull(catalog, "catalog");
    }

    @Override
    public String name() {
        return "listmodels";
    }

    @Override
    public String description() {
        return "Lists the models that can be asked for, with their aliases, capabilities and limits.";
    }

    @Override
    public ObjectNode inputSchema() {
        return Schema.object().json();
    }

    @Override
    public ObjectNode outputSchema() {
        return Schema.result()
                .property("models", "array", "the models, best choice first within a provider")
                .json();
    }

    @Override
    public Job start(Session session, JsonNode arguments, JobListener listener) {
        StringBuilder text = new StringBuilder();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode models = json.putArray("models");
        for (ProviderId provider : catalog.providers()) {
            for (ModelInfo model : catalog.models(provider)) {
                models.add(json(provider, model));
                text.append(provider).append('/').append(model.id());
                if (!model.aliases().isEmpty()) {
                    text.append(" (").append(String.join(", ", model.aliases())).append(')');
                }
                text.append('\n');
            }
        }
        return new DoneJob(ToolResult.of(text.toString(), json));
    }

    private static ObjectNode json(ProviderId provider, ModelInfo model) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", model.id())
                .put("provider", provider.value())
                .put("tier", model.tier().name().toLowerCase(Locale.ROOT))
                .put("context_window", model.contextWindow())
                .put("max_output_tokens", model.maxOutputTokens());
        model.aliases().forEach(json.putArray("aliases")::add);
        ArrayNode capabilities = json.putArray("capabilities");
        model.capabilities().stream()
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .sorted()
                .forEach(capabilities::add);
        return json;
    }
}

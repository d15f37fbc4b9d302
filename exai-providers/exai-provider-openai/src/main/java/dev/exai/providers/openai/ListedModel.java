package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.json.JsonText;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelInfo.Modality;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** A model as a vendor lists it. Immutable. */
public final class ListedModel {
    private final String id;
    private final String owner;
    private final int contextWindow;
    private final Set<Capability> capabilities;
    private final Set<Modality> modalities;

    private ListedModel(
            String id, String owner, int contextWindow, Set<Capability> capabilities, Set<Modality> modalities) {
        this.id = id;
        this.owner = owner;
        this.contextWindow = contextWindow;
        this.capabilities = Set.copyOf(capabilities);
        this.modalities = Set.copyOf(modalities);
    }

    static List<ListedModel> parseAll(String json) {
        JsonNode data = JsonText.parse(json).path("data");
        if (!data.isArray()) {
            throw new IllegalArgumentException("no list 'data'");
        }
        List<ListedModel> all = new ArrayList<>();
        for (JsonNode each : data) {
            if (each.path("id").isTextual()) {
                all.add(of(each));
            }
        }
        return List.copyOf(all);
    }

    private static ListedModel of(JsonNode node) {
        Set<Capability> can = EnumSet.noneOf(Capability.class);
        Set<Modality> takes = EnumSet.of(Modality.TEXT);
        if (node.path("supports_image_in").asBoolean(false)) {
            can.add(Capability.VISION);
            takes.add(Modality.IMAGE);
        }
        if (node.path("supports_video_in").asBoolean(false)) {
            takes.add(Modality.VIDEO);
        }
        if (node.path("supports_reasoning").asBoolean(false)) {
            can.add(Capability.THINKING);
        }
        return new ListedModel(
                node.path("id").textValue(),
                node.path("owned_by").asText(""),
                Math.max(0, node.path("context_length").asInt(0)),
                can,
                takes);
    }

    /** {@return the model's id} */
    public String id() {
        return id;
    }

    /** {@return whose it is, or an empty text} */
    public String owner() {
        return owner;
    }

    /** {@return how many tokens prompt and answer may have together, if the vendor says so} */
    public OptionalInt contextWindow() {
        return contextWindow == 0 ? OptionalInt.empty() : OptionalInt.of(contextWindow);
    }

    /** {@return what the vendor says that it can do; it may be more} */
    public Set<Capability> capabilities() {
        return capabilities;
    }

    /** {@return what the vendor says that its prompts may hold; it may be more} */
    public Set<Modality> modalities() {
        return modalities;
    }

    @Override
    public String toString() {
        return "ListedModel[" + id + "]";
    }
}

package dev.exai.providers.openai;

import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelInfo.Fact;
import dev.exai.spi.ModelInfo.Modality;
import dev.exai.spi.ModelStatus;
import dev.exai.spi.ThinkingRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts what a vendor's list of models says into a catalogue; see {@link VendorApi#currentModels}. */
final class ListedModels {
    private ListedModels() {}

    static List<ModelInfo> over(List<ModelInfo> catalog, List<ListedModel> listed) {
        Map<String, ListedModel> byId = new HashMap<>();
        listed.forEach(each -> byId.putIfAbsent(each.id(), each));
        List<ModelInfo> all = new ArrayList<>();
        for (ModelInfo model : catalog) {
            ListedModel told = byId.get(model.id());
            all.add(told == null ? model : merged(model, told));
        }
        Set<String> known = catalog.stream().map(ModelInfo::id).collect(Collectors.toSet());
        for (ListedModel each : listed) {
            if (known.add(each.id())) {
                all.add(merged(newModel(each.id()), each));
            }
        }
        return List.copyOf(all);
    }

    private static ModelInfo newModel(String id) {
        return ModelInfo.builder(id)
                .status(ModelStatus.preview())
                .limits(LivenessLimits.thinking())
                .uncertain(Fact.values())
                .build();
    }

    private static ModelInfo merged(ModelInfo model, ListedModel told) {
        int window = told.contextWindow().orElse(model.contextWindow());
        boolean seesMore = !model.modalities().containsAll(told.modalities());
        boolean thinksNow = told.capabilities().contains(Capability.THINKING) && !model.can(Capability.THINKING);
        if (window == model.contextWindow() && !seesMore && !thinksNow) {
            return model;
        }
        ModelInfo.Builder changed = model.toBuilder().contextWindow(window);
        if (seesMore) {
            changed.modalities(Stream.concat(model.modalities().stream(), told.modalities().stream())
                    .distinct()
                    .toArray(Modality[]::new));
        }
        if (thinksNow) {
            changed.thinking(ThinkingRules.always()).limits(LivenessLimits.thinking());
        }
        return changed.build();
    }
}

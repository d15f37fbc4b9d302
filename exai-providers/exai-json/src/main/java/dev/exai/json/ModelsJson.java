package dev.exai.json;

import dev.exai.context.Codec;
import dev.exai.json.ModelsFile.Entry;
import dev.exai.json.ModelsFile.Name;
import dev.exai.model.CatalogChanges;
import dev.exai.spi.ModelInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads models from JSON: those that a provider brings with it, and what a user changes of them.
 *
 * <pre>{@code
 * {"version": 1, "asOf": "2026-10-31",
 *  "models": [
 *    {"provider": "glm", "id": "glm-next", "tier": "BEST", "contextWindow": 1048576, "capabilities": ["FUNCTIONS"]},
 *    {"provider": "kimi", "id": "kimi-k3", "price": {"input": 2.5, "output": 12}}],
 *  "hide": [{"provider": "glm", "id": "glm-4.5"}]}
 * }</pre>
 *
 * <p>A property that is not known is an error, and so is a version that is not: a slip of the pen is found when the file
 * is read, not when a call goes wrong.
 */
public final class ModelsJson {
    private static final Codec<ModelsFile> CODEC =
            JsonCodecs.forRecord(ModelsFile.class, JsonCodecs.UnknownProperties.REFUSE);

    private ModelsJson() {}

    /**
     * {@return the models of a resource that a provider brings with it, in its order}
     *
     * @param resource what {@link Class#getResourceAsStream} gave, in UTF-8; it is closed
     * @throws IllegalStateException if it is null or wrong: a fault of the provider
     */
    public static List<ModelInfo> ofResource(@Nullable InputStream resource) {
        if (resource == null) {
            throw new IllegalStateException("there is no such resource of models");
        }
        try (InputStream in = resource) {
            ModelsFile file = read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            List<ModelInfo> models = new ArrayList<>();
            for (Entry each : file.models().orElse(List.of())) {
                models.add(
                        each.applyTo(ModelInfo.builder(each.id()), file.asOf()).build());
            }
            return List.copyOf(models);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("the resource of models cannot be read", e);
        }
    }

    /**
     * {@return what a file says about models}
     *
     * @param file the file, in UTF-8
     * @throws IllegalArgumentException if it is not in the form that this class describes; the message says where
     * @throws UncheckedIOException if it cannot be read
     */
    public static CatalogChanges changes(Path file) {
        String json;
        try {
            json = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the models of " + file + " cannot be read", e);
        }
        try {
            return changes(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * {@return what a text says about models}
     *
     * @param json the text
     * @throws IllegalArgumentException if it is not in the form that this class describes; the message says where
     */
    public static CatalogChanges changes(String json) {
        ModelsFile file = read(json);
        CatalogChanges.Builder changes = CatalogChanges.builder();
        for (Entry each : file.models().orElse(List.of())) {
            each.applyTo(ModelInfo.builder(each.id()), file.asOf()).build(); // what is wrong is told here and now
            String provider = each.provider()
                    .orElseThrow(() -> new IllegalArgumentException("no provider is named for model " + each.id()));
            changes.change(provider, each.id(), model -> each.applyTo(model, file.asOf()));
        }
        for (Name each : file.hide().orElse(List.of())) {
            changes.hide(each.provider(), each.id());
        }
        return changes.build();
    }

    private static ModelsFile read(String json) {
        ModelsFile file = CODEC.decode(json);
        if (file.version() != ModelsFile.VERSION) {
            throw new IllegalArgumentException(
                    "version " + file.version() + " of the form is not known, only " + ModelsFile.VERSION);
        }
        ModelsFile.day(file.asOf());
        return file;
    }
}

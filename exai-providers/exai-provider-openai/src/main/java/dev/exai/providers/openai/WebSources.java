package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.json.JsonText;
import dev.exai.message.WebSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the pages that a search of the web found, as GLM tells them within a chat and beside it. */
public final class WebSources {
    private static final int MAX = 200;

    private WebSources() {}

    /**
     * {@return the pages in a field of a JSON object; none if it is not there}
     *
     * @param json the object
     * @param field the field
     * @throws IllegalArgumentException if the text is not JSON; the message shows no content
     */
    public static List<WebSource> read(String json, String field) {
        JsonNode pages = JsonText.parse(json).path(field);
        return pages.isArray() ? read(pages) : List.of();
    }

    static List<WebSource> read(JsonNode pages) {
        List<WebSource> all = new ArrayList<>();
        for (JsonNode page : pages) {
            if (page.isObject() && all.size() < MAX) {
                all.add(WebSource.of(
                        page.path("title").asText(""),
                        page.path("link").asText(""),
                        text(page, "content"),
                        text(page, "media"),
                        text(page, "publish_date"),
                        text(page, "refer")));
            }
        }
        return all;
    }

    private static @Nullable String text(JsonNode page, String name) {
        String value = page.path(name).asText("");
        return value.isBlank() ? null : value;
    }
}

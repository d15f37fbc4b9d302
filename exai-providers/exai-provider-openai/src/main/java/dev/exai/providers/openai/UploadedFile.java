package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.json.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A file that was uploaded to a vendor. Immutable. */
public final class UploadedFile {
    private final String id;
    private final String name;
    private final String purpose;
    private final long bytes;
    private final Instant created;

    private UploadedFile(String id, String name, String purpose, long bytes, Instant created) {
        this.id = id;
        this.name = name;
        this.purpose = purpose;
        this.bytes = bytes;
        this.created = created;
    }

    /**
     * {@return the file that a JSON object tells of}
     *
     * @param json the object
     * @throws IllegalArgumentException if it has no id
     */
    public static UploadedFile parse(String json) {
        return of(JsonText.parse(json));
    }

    /**
     * {@return the files in the list {@code data} of a JSON object}
     *
     * @param json the object
     * @throws IllegalArgumentException if it has no such list
     */
    public static List<UploadedFile> parseAll(String json) {
        JsonNode data = JsonText.parse(json).path("data");
        if (!data.isArray()) {
            throw new IllegalArgumentException("no list 'data'");
        }
        List<UploadedFile> all = new ArrayList<>();
        data.forEach(each -> all.add(of(each)));
        return List.copyOf(all);
    }

    private static UploadedFile of(JsonNode node) {
        String id = node.path("id").asText("");
        if (id.isBlank()) {
            throw new IllegalArgumentException("a file without an id");
        }
        return new UploadedFile(
                id,
                node.path("filename").asText(""),
                node.path("purpose").asText(""),
                node.path("bytes").asLong(0),
                Instant.ofEpochSecond(node.path("created_at").asLong(0)));
    }

    /** {@return the vendor's id of it} */
    public String id() {
        return id;
    }

    /** {@return what it is called, or an empty text} */
    public String name() {
        return name;
    }

    /** {@return what it is for, as the vendor names it, or an empty text} */
    public String purpose() {
        return purpose;
    }

    /** {@return how long it is, in bytes; 0 if the vendor did not say} */
    public long bytes() {
        return bytes;
    }

    /** {@return when it was uploaded; the epoch if the vendor did not say} */
    public Instant created() {
        return created;
    }

    @Override
    public String toString() {
        return "UploadedFile[" + id + ", " + purpose + ", " + bytes + " bytes]";
    }
}

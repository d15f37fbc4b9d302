package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.message.Chunk;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells which function call a piece belongs to: by the index that the vendor gives, unless a new id under the same
 * index, or a piece without an index, says otherwise. Some vendors repeat id and name in each piece, some give index 0
 * to every call, some none.
 */
final class FunctionCalls {
    private static final int MAX_CALLS = 1_024;

    private final String attemptId;
    private final Consumer<Chunk> chunks;
    private final Map<Integer, Open> byVendorIndex = new HashMap<>();
    private int count;

    FunctionCalls(String attemptId, Consumer<Chunk> chunks) {
        this.attemptId = attemptId;
        this.chunks = chunks;
    }

    boolean hasAny() {
        return count > 0;
    }

    void take(JsonNode calls) {
        if (!calls.isArray()) {
            return;
        }
        for (int i = 0; i < calls.size(); i++) {
            take(calls.get(i), i);
        }
    }

    private void take(JsonNode piece, int position) {
        JsonNode index = piece.path("index");
        int vendorIndex = index.isIntegralNumber() && index.canConvertToInt() ? index.intValue() : position;
        String id = textOrNull(piece.path("id"));
        String name = textOrNull(piece.path("function").path("name"));
        String arguments = arguments(piece.path("function").path("arguments"));

        Open known = byVendorIndex.get(vendorIndex);
        if (known != null && known.goesOnWith(id, name)) {
            if (!arguments.isEmpty()) {
                chunks.accept(Chunk.functionPiece(known.index, null, null, arguments));
            }
            return;
        }
        if (name == null) {
            throw new IllegalArgumentException("a function call has no name");
        }
        if (count == MAX_CALLS) {
            throw new IllegalArgumentException("more than " + MAX_CALLS + " function calls");
        }
        Open made = new Open(count++, id);
        byVendorIndex.put(vendorIndex, made);
        // A call without an id could not be answered: it gets one of ours.
        String shown = id != null ? id : "call-" + attemptId + "-" + made.index;
        chunks.accept(Chunk.functionPiece(made.index, shown, name, arguments));
    }

    /** {@return the arguments as text, also where the vendor sends them as JSON} */
    private static String arguments(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue();
        }
        return node.isContainerNode() ? node.toString() : "";
    }

    private static @Nullable String textOrNull(JsonNode node) {
        return node.isTextual() && !node.textValue().isEmpty() ? node.textValue() : null;
    }

    private record Open(int index, @Nullable String id) {
        /** {@return whether a piece with this id and name is one more of the same call} An id may come late. */
        boolean goesOnWith(@Nullable String nextId, @Nullable String nextName) {
            return nextId == null || nextId.equals(id) || (id == null && nextName == null);
        }
    }
}

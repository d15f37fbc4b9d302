package dev.exai.providers.openai;

import dev.exai.message.Chunk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the marks of a model out of its text, wherever the pieces of the text are cut. Of what comes it holds back no more
 * than what may become a mark.
 */
final class TagSplitter {
    private final TextTags tags;
    private final Consumer<Chunk> chunks;
    private final StringBuilder held = new StringBuilder();
    private boolean reasoning;
    private boolean hasText;

    TagSplitter(TextTags tags, Consumer<Chunk> chunks) {
        this.tags = tags;
        this.chunks = chunks;
    }

    /** Takes the next piece of the text. */
    void take(String piece) {
        held.append(piece);
        int told = 0;
        int at = 0;
        while (at < held.length()) {
            String mark = markAt(told, at);
            if (mark == null) {
                at++;
            } else if (held.length() - at < mark.length()) {
                break; // it may become one
            } else {
                tell(told, at);
                reasoning = mark.equals(tags.reasoningStart()) || (reasoning && !mark.equals(tags.reasoningEnd()));
                at += mark.length();
                told = at;
            }
        }
        tell(told, at);
        held.delete(0, at);
    }

    /** Takes note that no more comes: what was held back is text. */
    void end() {
        tell(0, held.length());
        held.setLength(0);
    }

    /** {@return whether there was any text beside the reasoning} */
    boolean hasText() {
        return hasText;
    }

    /** {@return the mark that stands at a place, or may once more has come, or null} */
    private @Nullable String markAt(int told, int at) {
        for (String mark : expected(told, at)) {
            int length = Math.min(mark.length(), held.length() - at);
            if (mark.regionMatches(0, held.substring(at, at + length), 0, length)) {
                return mark;
            }
        }
        return null;
    }

    private List<String> expected(int told, int at) {
        if (reasoning) {
            return List.of(tags.reasoningEnd());
        }
        if (hasText || !held.substring(told, at).isBlank()) {
            return tags.dropped();
        }
        List<String> all = new ArrayList<>(tags.dropped());
        all.add(tags.reasoningStart());
        return all;
    }

    private void tell(int from, int to) {
        if (from == to) {
            return;
        }
        String part = held.substring(from, to);
        if (reasoning) {
            chunks.accept(Chunk.reasoning(part));
        } else {
            hasText |= !part.isBlank();
            chunks.accept(Chunk.text(part));
        }
    }
}

package dev.exai.providers.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.message.Adjustment;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.spi.ProviderCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it is about to be sent, for a {@link Dialect} to change, and the note of what was changed.
 *
 * <p>JSON objects are maps here, and arrays lists; a map keeps the order in which it was filled. Used by one thread.
 */
public final class RequestDraft {
    private final ProviderCall call;
    private final Map<String, Object> body = new LinkedHashMap<>();
    private final List<Map<String, Object>> messages;
    private final List<Adjustment> adjustments = new ArrayList<>(0);

    RequestDraft(ProviderCall call) {
        this.call = call;
        this.messages = new ArrayList<>(call.request().messages().size() + 1); // an instruction may be added
    }

    /** {@return the attempt} */
    public ProviderCall call() {
        return call;
    }

    /** {@return what is asked} */
    public ChatRequest request() {
        return call.request();
    }

    /** {@return the id of the model} */
    public String model() {
        return call.model().id();
    }

    /** {@return the JSON object that is sent; may be changed} */
    public Map<String, Object> body() {
        return body;
    }

    /** {@return the messages that are sent, one for each of the request's, in order; may be changed} */
    public List<Map<String, Object>> messages() {
        return messages;
    }

    /** {@return what was noted so far} */
    public List<Adjustment> adjustments() {
        return adjustments;
    }

    /**
     * Notes that something is not sent as it was asked for.
     *
     * @param adjustment what, and why
     */
    public void note(Adjustment adjustment) {
        adjustments.add(adjustment);
    }

    /**
     * Takes a field out, and notes it if it was there.
     *
     * @param field the field of the body
     * @param option the option, as the request names it
     * @param why why, in words that show no content
     */
    public void leaveOut(String field, String option, String why) {
        if (body.remove(field) != null) {
            note(Adjustment.leftOut(option, why));
        }
    }

    /**
     * Sets a field to another value than was asked for, and notes it.
     *
     * @param field the field of the body
     * @param value its value
     * @param option the option, as the request names it
     * @param why how and why, in words that show no content
     */
    public void change(String field, Object value, String option, String why) {
        body.put(field, value);
        note(Adjustment.changed(option, why));
    }

    /**
     * {@return the list of functions and other things that are offered, which is put into the body if it is not there}
     */
    @SuppressWarnings("unchecked") // it is this library that puts it there
    public List<Object> tools() {
        return (List<Object>) body.computeIfAbsent("tools", absent -> new ArrayList<>());
    }

    /**
     * Adds words to the instructions that stand above the conversation. To be done last: a message may be put in front.
     *
     * @param words the words
     */
    public void addInstruction(String words) {
        Map<String, Object> first = messages.get(0);
        if ("system".equals(first.get("role")) && first.get("content") instanceof String text) {
            first.put("content", text + "\n\n" + words);
            return;
        }
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("role", "system");
        made.put("content", words);
        messages.add(0, made);
    }

    /**
     * Writes out what schemas of functions and of the answer refer to by {@code $ref} within themselves, for vendors
     * that do not follow it. A schema that refers to itself for ever stays as it is, which is noted.
     */
    public void writeOutSchemas() {
        if (body.get("tools") instanceof List<?> tools) {
            tools.forEach(tool -> writeOut(tool, "function", "parameters", "functions"));
        }
        writeOut(body.get("response_format"), "json_schema", "schema", "replyFormat");
    }

    @SuppressWarnings("unchecked") // it is this library that puts it there
    private void writeOut(@Nullable Object holder, String inner, String field, String option) {
        if (!(holder instanceof Map<?, ?> outer)
                || !(outer.get(inner) instanceof Map<?, ?> map)
                || !(map.get(field) instanceof JsonNode schema)
                || !SchemaRefs.isIn(schema)) {
            return;
        }
        JsonNode written = SchemaRefs.writtenOut(schema);
        if (written == null) {
            note(Adjustment.mayBeIgnored(option, "a schema refers to itself, which the vendor may not follow"));
        } else {
            ((Map<String, Object>) map).put(field, written);
        }
    }

    /**
     * Refuses a request that has the beginning of an answer in it.
     *
     * @throws IllegalArgumentException if it has
     */
    public void refuseBeginning() {
        for (ChatMessage message : request().messages()) {
            if (message.isBeginning()) {
                throw new IllegalArgumentException("this provider cannot go on with the beginning of an answer");
            }
        }
    }

    @Override
    public String toString() {
        return "RequestDraft[" + model() + ", " + messages.size() + " messages, " + adjustments.size()
                + " adjustments]";
    }
}

package dev.exai.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads JSON text that came from elsewhere, within limits on depth and size, and writes trees as text.
 *
 * <p>Jackson's own messages quote the text that they are about; what is thrown here says only where it went wrong.
 * Safe for use by many threads.
 */
public final class JsonText {
    /** The deepest nesting that is read. */
    static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(32 << 20)
                            .maxDocumentLength(64L << 20)
                            .build())
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private JsonText() {}

    /**
     * {@return the one value that a text stands for}
     *
     * @param json the text
     * @throws IllegalArgumentException if it is not exactly one JSON value, or goes beyond a limit; the message shows
     *     no content
     */
    public static JsonNode parse(String json) {
        List<JsonNode> all = parseAll(json);
        if (all.size() != 1) {
            throw new IllegalArgumentException("expected one JSON value, found " + all.size());
        }
        return all.get(0);
    }

    /**
     * {@return the values that stand in a text one after the other} Some servers glue two objects together.
     *
     * @param json the text
     * @throws IllegalArgumentException if it is not a sequence of JSON values, or goes beyond a limit; the message
     *     shows no content
     */
    public static List<JsonNode> parseAll(String json) {
        List<JsonNode> all = new ArrayList<>(1);
        try (JsonParser parser = MAPPER.createParser(json)) {
            while (parser.nextToken() != null) {
                JsonNode node = MAPPER.readTree(parser);
                all.add(node);
            }
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
            throw new IllegalArgumentException(
                    "not valid JSON" + (at < 0 ? "" : " at character " + at + " of " + json.length()));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "not readable as JSON: " + e.getClass().getSimpleName());
        }
        return all;
    }

    /**
     * {@return a parser of JSON text in UTF-8, for those who read much of it and keep little} What it throws quotes the
     * text: show it to nobody.
     *
     * @param bytes holds the text; not copied
     * @param offset where it starts
     * @param length how many bytes it has
     * @throws IOException if the text cannot be begun with
     */
    public static JsonParser parser(byte[] bytes, int offset, int length) throws IOException {
        return MAPPER.createParser(bytes, offset, length);
    }

    /**
     * {@return a parser of JSON text in UTF-8, for those who have one text follow the other} What it throws quotes the text:
     * show it to nobody.
     *
     * @param source gives the text
     * @throws IOException if the text cannot be begun with
     */
    public static JsonParser parser(InputStream source) throws IOException {
        return MAPPER.createParser(source);
    }

    /**
     * {@return the value that a parser is at, as a tree}
     *
     * @param parser a parser of this class
     * @throws IOException if it is not JSON, or goes beyond a limit
     */
    public static JsonNode tree(JsonParser parser) throws IOException {
        return MAPPER.readTree(parser);
    }

    /**
     * {@return a value as JSON text}
     *
     * @param value a tree, or maps, lists, texts, numbers, booleans and trees in any mixture
     * @throws IllegalArgumentException if it cannot be written as JSON; the message shows no content
     */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot be written as JSON: " + value.getClass().getSimpleName());
        }
    }

    /**
     * {@return a value as JSON text in UTF-8}
     *
     * @param value a tree, or maps, lists, texts, numbers, booleans and trees in any mixture
     * @throws IllegalArgumentException if it cannot be written as JSON; the message shows no content
     */
    public static byte[] writeBytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot be written as JSON: " + value.getClass().getSimpleName());
        }
    }
}

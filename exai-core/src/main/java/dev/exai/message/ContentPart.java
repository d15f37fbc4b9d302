package dev.exai.message;

import java.util.Base64;
import java.util.Objects;

/**
 * A part of a message: a text, a picture, a film or a file. Immutable; {@code toString} tells kind and size, never the
 * content.
 *
 * <pre>{@code
 * ChatMessage question = ChatMessage.user(ContentPart.image(png, "image/png"), ContentPart.text("What is this?"));
 * }</pre>
 */
public final class ContentPart {
    /** What a part is. More kinds may come. */
    public enum Kind {
        /** Words. */
        TEXT,
        /** A picture. */
        IMAGE,
        /** A film. */
        VIDEO,
        /** A document. */
        FILE
    }

    private static final int MAX_URL = 1 << 28;

    private final Kind kind;
    private final String value;

    private ContentPart(Kind kind, String value) {
        this.kind = kind;
        this.value = Objects.requireNonNull(value, "value");
    }

    /**
     * {@return a text}
     *
     * @param text the words
     */
    public static ContentPart text(String text) {
        return new ContentPart(Kind.TEXT, text);
    }

    /**
     * {@return a picture that the provider fetches, or that it has already}
     *
     * @param url an address: {@code https:}, {@code data:}, or of the provider's own kind, such as {@code ms://} with
     *     the id of a file at Kimi
     */
    public static ContentPart image(String url) {
        return new ContentPart(Kind.IMAGE, address(url));
    }

    /**
     * {@return a picture that is sent along}
     *
     * @param bytes the picture
     * @param mediaType what it is, for example {@code image/png}
     */
    public static ContentPart image(byte[] bytes, String mediaType) {
        return new ContentPart(Kind.IMAGE, dataUrl(bytes, mediaType));
    }

    /**
     * {@return a film that the provider fetches, or that it has already}
     *
     * @param url an address, as for a picture
     */
    public static ContentPart video(String url) {
        return new ContentPart(Kind.VIDEO, address(url));
    }

    /**
     * {@return a film that is sent along}
     *
     * @param bytes the film
     * @param mediaType what it is, for example {@code video/mp4}
     */
    public static ContentPart video(byte[] bytes, String mediaType) {
        return new ContentPart(Kind.VIDEO, dataUrl(bytes, mediaType));
    }

    /**
     * {@return a document that the provider fetches, or that it has already}
     *
     * @param reference an address, or the id of a file that was uploaded to the provider
     */
    public static ContentPart file(String reference) {
        return new ContentPart(Kind.FILE, address(reference));
    }

    private static String address(String url) {
        if (Objects.requireNonNull(url, "url").isBlank()) {
            throw new IllegalArgumentException("the address of a part is blank");
        }
        return url;
    }

    private static String dataUrl(byte[] bytes, String mediaType) {
        if (!mediaType.matches("[a-z]+/[A-Za-z0-9.+-]+")) {
            throw new IllegalArgumentException("media type '" + mediaType + "': allowed is for example image/png");
        }
        if (bytes.length == 0 || bytes.length > MAX_URL) {
            throw new IllegalArgumentException("a part of " + bytes.length + " bytes: allowed are 1 to " + MAX_URL);
        }
        return "data:" + mediaType + ";base64," + Base64.getEncoder().encodeToString(bytes);
    }

    /** {@return what it is} */
    public Kind kind() {
        return kind;
    }

    /** {@return the words, or the address of what is not words} */
    public String value() {
        return value;
    }

    /** {@return whether its bytes are sent along} */
    public boolean isInline() {
        return kind != Kind.TEXT && value.startsWith("data:");
    }

    @Override
    public String toString() {
        return kind + "[" + value.length() + " chars]";
    }
}

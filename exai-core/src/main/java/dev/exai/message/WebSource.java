package dev.exai.message;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A page of the web that a provider found. Immutable; {@code toString} does not show its text. */
public final class WebSource {
    private final String title;
    private final String url;
    private final @Nullable String text;
    private final @Nullable String site;
    private final @Nullable String published;
    private final @Nullable String reference;

    private WebSource(
            String title,
            String url,
            @Nullable String text,
            @Nullable String site,
            @Nullable String published,
            @Nullable String reference) {
        this.title = Objects.requireNonNull(title, "title");
        this.url = Objects.requireNonNull(url, "url");
        this.text = text;
        this.site = site;
        this.published = published;
        this.reference = reference;
    }

    /**
     * {@return a page}
     *
     * @param title its title, may be empty
     * @param url where it is, may be empty
     * @param text what stands there, or null
     * @param site who published it, or null
     * @param published when, as the provider writes it, or null
     * @param reference by what the answer's text refers to it, or null
     */
    public static WebSource of(
            String title,
            String url,
            @Nullable String text,
            @Nullable String site,
            @Nullable String published,
            @Nullable String reference) {
        return new WebSource(title, url, text, site, published, reference);
    }

    /** {@return its title, may be empty} */
    public String title() {
        return title;
    }

    /** {@return where it is, may be empty} Comes from the web: check it before it is opened. */
    public String url() {
        return url;
    }

    /** {@return what stands there, or the part of it that the provider found worth telling} */
    public Optional<String> text() {
        return Optional.ofNullable(text);
    }

    /** {@return who published it} */
    public Optional<String> site() {
        return Optional.ofNullable(site);
    }

    /** {@return when it was published, as the provider writes it} */
    public Optional<String> published() {
        return Optional.ofNullable(published);
    }

    /** {@return by what the answer's text refers to it, for example {@code ref_1}} */
    public Optional<String> reference() {
        return Optional.ofNullable(reference);
    }

    @Override
    public String toString() {
        return "WebSource[" + (reference == null ? "" : reference + ", ") + (text == null ? 0 : text.length())
                + " chars]";
    }
}

package dev.exai.providers.http;

import java.net.URI;
import java.util.Objects;

/** Checks where an API is said to be. What it complains of is shown without anything that looks like a key. */
public final class BaseUrl {
    /** What is put after a base URL, as it stands. */
    public static final String CHAT_PATH = "/chat/completions";

    private static final int MAX_SHOWN = 200;

    private BaseUrl() {}

    /**
     * {@return the URL without blanks around it and slashes at its end}
     *
     * @param baseUrl what somebody gave as a base URL
     * @throws IllegalArgumentException if it is none of http or https, has a user, a query or a fragment, or ends in
     *     the path that is put after it
     */
    public static String check(String baseUrl) {
        String text = Objects.requireNonNull(baseUrl, "baseUrl").strip();
        while (text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.endsWith(CHAT_PATH)) {
            throw refused(text, "give it without " + CHAT_PATH);
        }
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException notAUrl) {
            throw refused(text, "allowed is http(s)://host[:port]/path");
        }
        boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!http || url.getHost() == null) {
            throw refused(text, "allowed is http(s)://host[:port]/path");
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw refused("http(s)://..." + url.getHost() + "...", "it must have no user, query or fragment");
        }
        return text;
    }

    private static IllegalArgumentException refused(String url, String why) {
        return new IllegalArgumentException("base URL '" + Redactor.scrub(url, MAX_SHOWN) + "': " + why);
    }
}

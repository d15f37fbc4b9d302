package dev.exai.providers.kimi;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The places where Kimi answers. Accounts, balances and keys of the two are separate. */
public enum KimiEndpoint {
    /** The open platform, international. */
    INTERNATIONAL("https://api.moonshot.ai/v1"),
    /** The open platform in China. */
    CHINA("https://api.moonshot.cn/v1");

    private final String url;

    KimiEndpoint(String url) {
        this.url = url;
    }

    /** {@return its base URL} */
    public String url() {
        return url;
    }

    /** {@return the URLs by the names that an environment may use: {@code china}} */
    static Map<String, String> byName() {
        Map<String, String> all = new LinkedHashMap<>();
        for (KimiEndpoint each : values()) {
            all.put(each.name().toLowerCase(Locale.ROOT), each.url);
        }
        return all;
    }
}

package dev.exai.providers.glm;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The places where GLM answers.
 *
 * <p>A key of the Coding Plan works only at the coding places, any other key only at the general ones: at the wrong one
 * GLM says that the balance is used up. The Coding Plan is licensed for listed coding tools only, so it is never chosen
 * unasked.
 */
public enum GlmEndpoint {
    /** The general API, international. */
    INTERNATIONAL("https://api.z.ai/api/paas/v4"),
    /** The general API in China. */
    CHINA("https://open.bigmodel.cn/api/paas/v4"),
    /** The Coding Plan, international. */
    INTERNATIONAL_CODING("https://api.z.ai/api/coding/paas/v4"),
    /** The Coding Plan in China. */
    CHINA_CODING("https://open.bigmodel.cn/api/coding/paas/v4");

    private final String url;

    GlmEndpoint(String url) {
        this.url = url;
    }

    /** {@return its base URL} */
    public String url() {
        return url;
    }

    /** {@return the URLs by the names that an environment may use: {@code china-coding}} */
    static Map<String, String> byName() {
        Map<String, String> all = new LinkedHashMap<>();
        for (GlmEndpoint each : values()) {
            all.put(each.name().toLowerCase(Locale.ROOT).replace('_', '-'), each.url);
        }
        return all;
    }
}

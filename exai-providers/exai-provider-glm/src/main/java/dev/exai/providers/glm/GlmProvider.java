package dev.exai.providers.glm;

import dev.exai.context.ProviderId;
import dev.exai.providers.http.BaseUrl;
import dev.exai.providers.http.ProviderEnvironment;
import dev.exai.providers.openai.OpenAiProvider;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Chats with the models of GLM.
 *
 * <pre>{@code
 * Provider glm = GlmProvider.create(System.getenv("GLM_API_KEY"));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class GlmProvider implements Provider {
    static final String NAME = "glm";

    private static final List<String> KEYS = List.of("GLM_API_KEY", "ZAI_API_KEY", "ZHIPUAI_API_KEY");
    private static final String BASE_URL = "GLM_BASE_URL";

    private final OpenAiProvider base;

    private GlmProvider(Builder builder) {
        this.base = OpenAiProvider.builder(NAME, builder.baseUrl, builder.key)
                .models(builder.models)
                .dialect(new GlmDialect())
                .build();
    }

    /**
     * {@return a provider at the international endpoint}
     *
     * @param key the key as GLM gave it out
     * @throws IllegalArgumentException if it can be no key; the message does not show it
     */
    public static GlmProvider create(String key) {
        return builder(ApiKey.of(key)).build();
    }

    /**
     * {@return a builder}
     *
     * @param key the key
     */
    public static Builder builder(ApiKey key) {
        return new Builder(key);
    }

    /**
     * {@return a provider, or empty if there is no key for it}
     *
     * <p>The key is that of {@code GLM_API_KEY}, {@code ZAI_API_KEY} or {@code ZHIPUAI_API_KEY}; the
     * variable {@code GLM_BASE_URL} may hold the name of a {@link GlmEndpoint} such as {@code china}, or a URL.
     *
     * @param environment variables by name, usually {@link System#getenv()}
     * @throws IllegalArgumentException if a variable is there but makes no sense; the message names it, and shows no
     *     key
     */
    public static Optional<GlmProvider> fromEnvironment(Map<String, String> environment) {
        return ProviderEnvironment.key(environment, KEYS).map(key -> {
            Builder builder = builder(key);
            ProviderEnvironment.baseUrl(environment, BASE_URL, GlmEndpoint.byName())
                    .ifPresent(builder::baseUrl);
            return builder.build();
        });
    }

    @Override
    public ProviderId id() {
        return base.id();
    }

    @Override
    public List<ModelInfo> catalog() {
        return base.catalog();
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        return base.open(call, sink);
    }

    @Override
    public void close() {
        base.close();
    }

    @Override
    public String toString() {
        return "GlmProvider[" + base + "]";
    }

    /** Builds a {@link GlmProvider}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private final ApiKey key;
        private String baseUrl = GlmEndpoint.INTERNATIONAL.url();
        private List<ModelInfo> models = GlmModels.ALL;

        private Builder(ApiKey key) {
            this.key = Objects.requireNonNull(key, "key");
        }

        /**
         * Sets the place to talk to; {@link GlmEndpoint#INTERNATIONAL} by default.
         *
         * @param endpoint the place
         * @return this builder
         */
        public Builder endpoint(GlmEndpoint endpoint) {
            this.baseUrl = endpoint.url();
            return this;
        }

        /**
         * Sets another place to talk to, for example a gateway.
         *
         * @param url its base URL with the version segment; {@code /chat/completions} is put after it as it stands
         * @return this builder
         * @throws IllegalArgumentException if it is none of http or https, or has a user, a query or a fragment
         */
        public Builder baseUrl(String url) {
            this.baseUrl = BaseUrl.check(url);
            return this;
        }

        /**
         * Sets the models that it offers, in order of preference, instead of those that are known here.
         *
         * @param all the models, with distinct ids
         * @return this builder
         */
        public Builder models(List<ModelInfo> all) {
            this.models = List.copyOf(all);
            return this;
        }

        /** {@return the provider} */
        public GlmProvider build() {
            return new GlmProvider(this);
        }
    }
}

package dev.exai.providers.kimi;

import dev.exai.context.ProviderId;
import dev.exai.message.ChatRequest;
import dev.exai.message.TokenEstimate;
import dev.exai.providers.http.BaseUrl;
import dev.exai.providers.http.ProviderEnvironment;
import dev.exai.providers.openai.HttpOptions;
import dev.exai.providers.openai.ListedModel;
import dev.exai.providers.openai.OpenAiProvider;
import dev.exai.providers.openai.TokenCount;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Chats with the models of Kimi.
 *
 * <pre>{@code
 * Provider kimi = KimiProvider.create(System.getenv("KIMI_API_KEY"));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class KimiProvider implements Provider {
    static final String NAME = "kimi";

    private static final List<String> KEYS = List.of("KIMI_API_KEY", "MOONSHOT_API_KEY");
    private static final String BASE_URL = "KIMI_BASE_URL";

    private final OpenAiProvider base;
    private final KimiFiles files;

    private KimiProvider(Builder builder) {
        this.base = OpenAiProvider.builder(NAME, builder.baseUrl, builder.key)
                .models(builder.models)
                .http(builder.http)
                .dialect(new KimiDialect())
                .build();
        this.files = new KimiFiles(base.api());
    }

    /**
     * {@return a provider at the international endpoint}
     *
     * @param key the key as Kimi gave it out
     * @throws IllegalArgumentException if it can be no key; the message does not show it
     */
    public static KimiProvider create(String key) {
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
     * <p>The key is that of {@code KIMI_API_KEY} or {@code MOONSHOT_API_KEY}; the
     * variable {@code KIMI_BASE_URL} may hold the name of a {@link KimiEndpoint} such as {@code china}, or a URL.
     *
     * @param environment variables by name, usually {@link System#getenv()}
     * @throws IllegalArgumentException if a variable is there but makes no sense; the message names it, and shows no
     *     key
     */
    public static Optional<KimiProvider> fromEnvironment(Map<String, String> environment) {
        return ProviderEnvironment.key(environment, KEYS).map(key -> {
            Builder builder = builder(key);
            ProviderEnvironment.baseUrl(environment, BASE_URL, KimiEndpoint.byName())
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

    /**
     * {@inheritDoc}
     *
     * <p>Its list is that of the key: what it tells of windows, pictures, films and thinking is taken over.
     */
    @Override
    public CompletableFuture<List<ModelInfo>> currentModels(Duration limit) {
        return base.api().currentModels(catalog(), limit);
    }

    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        return base.open(call, sink);
    }

    /**
     * {@return the models that Kimi offers to this key} The list may be incomplete.
     *
     * @param limit the most time that it may take
     */
    public CompletableFuture<List<ListedModel>> listModels(Duration limit) {
        return base.api().models(limit);
    }

    /**
     * {@return how many tokens the prompt of a request has, as Kimi counts them, and as this library guesses}
     *
     * @param request the request; its messages count
     * @param model the id of the model that would be asked
     * @param limit the most time that it may take
     * @throws IllegalArgumentException if the request could not be sent as it is
     */
    public CompletableFuture<TokenCount> countTokens(ChatRequest request, String model, Duration limit) {
        Map<String, Object> body = base.api().chatBody(request, model);
        body.keySet().retainAll(List.of("model", "messages"));
        long estimated = TokenEstimate.ofPrompt(request);
        return base.api()
                .parsed(
                        base.api().post("/tokenizers/estimate-token-count", body, limit),
                        text -> TokenCount.parse(text, "data", estimated));
    }

    /** {@return the files that were uploaded} */
    public KimiFiles files() {
        return files;
    }

    @Override
    public void close() {
        base.close();
    }

    @Override
    public String toString() {
        return "KimiProvider[" + base + "]";
    }

    /** Builds a {@link KimiProvider}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private final ApiKey key;
        private String baseUrl = KimiEndpoint.INTERNATIONAL.url();
        private List<ModelInfo> models = KimiModels.ALL;
        private HttpOptions http = HttpOptions.defaults();

        private Builder(ApiKey key) {
            this.key = Objects.requireNonNull(key, "key");
        }

        /**
         * Sets the place to talk to; {@link KimiEndpoint#INTERNATIONAL} by default.
         *
         * @param endpoint the place
         * @return this builder
         */
        public Builder endpoint(KimiEndpoint endpoint) {
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

        /**
         * Sets how it sends: proxy, HTTP/2, a client of the application's own; {@link HttpOptions#defaults()} by default.
         *
         * @param options the options
         * @return this builder
         */
        public Builder http(HttpOptions options) {
            this.http = Objects.requireNonNull(options, "http");
            return this;
        }

        /** {@return the provider} */
        public KimiProvider build() {
            return new KimiProvider(this);
        }
    }
}

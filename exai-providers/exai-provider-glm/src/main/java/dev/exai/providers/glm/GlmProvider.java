package dev.exai.providers.glm;

import dev.exai.context.ProviderId;
import dev.exai.message.ChatRequest;
import dev.exai.message.TokenEstimate;
import dev.exai.message.WebSearch;
import dev.exai.message.WebSource;
import dev.exai.providers.http.BaseUrl;
import dev.exai.providers.http.ProviderEnvironment;
import dev.exai.providers.openai.HttpOptions;
import dev.exai.providers.openai.ListedModel;
import dev.exai.providers.openai.OpenAiProvider;
import dev.exai.providers.openai.TokenCount;
import dev.exai.providers.openai.WebSources;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

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
    private final GlmFiles files;
    private final GlmDialect dialect;
    private final String searchEngineAlone;

    private GlmProvider(Builder builder) {
        boolean china = builder.baseUrl.contains("bigmodel.cn");
        String engine = china ? "search_std" : "search_pro_jina";
        String engineAlone = china ? "search_std" : "search-prime";
        this.searchEngineAlone = builder.searchEngine != null ? builder.searchEngine : engineAlone;
        this.dialect = new GlmDialect(new GlmRequest(
                china,
                builder.baseUrl.contains("/coding/"),
                builder.searchEngine != null ? builder.searchEngine : engine));
        this.base = OpenAiProvider.builder(NAME, builder.baseUrl, builder.key)
                .models(builder.models)
                .http(builder.http)
                .dialect(dialect)
                .build();
        this.files = new GlmFiles(base.api());
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

    /**
     * {@inheritDoc}
     *
     * <p>Its list is partial and tells no more than names: models that are new are added.
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
     * {@return the models that GLM offers to this key} The list may be incomplete.
     *
     * @param limit the most time that it may take
     */
    public CompletableFuture<List<ListedModel>> listModels(Duration limit) {
        return base.api().models(limit);
    }

    /**
     * {@return how many tokens the prompt of a request has, as GLM counts them, and as this library guesses}
     *
     * @param request the request; its messages and functions count
     * @param model the id of the model that would be asked
     * @param limit the most time that it may take
     * @throws IllegalArgumentException if the request could not be sent as it is
     */
    public CompletableFuture<TokenCount> countTokens(ChatRequest request, String model, Duration limit) {
        Map<String, Object> body = base.api().chatBody(request, model);
        body.keySet().retainAll(List.of("model", "messages", "tools"));
        long estimated = TokenEstimate.ofPrompt(request);
        return base.api()
                .parsed(base.api().post("/tokenizer", body, limit), text -> TokenCount.parse(text, "usage", estimated));
    }

    /** {@return the files that were uploaded} */
    public GlmFiles files() {
        return files;
    }

    /**
     * {@return the pages that a search of the web finds, without a model}
     *
     * @param query what to search for
     * @param search how: count, domain and recency
     * @param limit the most time that it may take
     */
    public CompletableFuture<List<WebSource>> searchWeb(String query, WebSearch search, Duration limit) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("search_engine", searchEngineAlone);
        body.put("search_query", Objects.requireNonNull(query, "query"));
        search.count().ifPresent(count -> body.put("count", count));
        search.domain().ifPresent(domain -> body.put("search_domain_filter", domain));
        search.recency().ifPresent(recency -> body.put("search_recency_filter", GlmRequest.recency(recency)));
        body.put("request_id", dialect.newId("search"));
        return base.api()
                .parsed(base.api().post("/web_search", body, limit), text -> WebSources.read(text, "search_result"));
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
        private HttpOptions http = HttpOptions.defaults();
        private @Nullable String searchEngine;

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

        /**
         * Sets who searches the web. By default at the international places {@code search_pro_jina} within a chat and
         * {@code search-prime} beside it, in China {@code search_std}; there are also {@code search_pro},
         * {@code search_pro_sogou} and {@code search_pro_quark} there.
         *
         * @param name the engine as GLM names it
         * @return this builder
         */
        public Builder searchEngine(String name) {
            this.searchEngine = Objects.requireNonNull(name, "searchEngine");
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
        public GlmProvider build() {
            return new GlmProvider(this);
        }
    }
}

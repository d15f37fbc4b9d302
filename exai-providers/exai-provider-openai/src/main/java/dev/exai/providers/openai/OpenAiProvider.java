package dev.exai.providers.openai;

import dev.exai.context.ProviderId;
import dev.exai.json.JsonText;
import dev.exai.providers.http.BaseUrl;
import dev.exai.providers.http.HttpCall;
import dev.exai.providers.http.HttpTarget;
import dev.exai.providers.http.HttpTransport;
import dev.exai.providers.http.Redactor;
import dev.exai.providers.http.RetryAfter;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplySink;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Chats with any endpoint that speaks the OpenAI-compatible dialect.
 *
 * <pre>{@code
 * Provider local = OpenAiProvider.builder("local", "http://127.0.0.1:8000/v1", ApiKey.of("none"))
 *         .models(List.of(ModelInfo.builder("my-model").capabilities(Capability.FUNCTIONS).build()))
 *         .build();
 * }</pre>
 *
 * <p>Each exchange has a connection and a thread of its own: a virtual one on JDK 21 and later. Safe for use by many
 * threads.
 */
public final class OpenAiProvider implements Provider {
    private static final int MAX_ERROR_CHARS = 300;

    private final ProviderId id;
    private final URI url;
    private final ApiKey key;
    private final List<ModelInfo> models;
    private final Dialect dialect;
    private final Redactor redactor;
    private final RetryAfter retryAfter;
    private final HttpTransport transport;
    private final HttpTarget streamed;
    private final HttpTarget whole;
    private final VendorApi api;

    private OpenAiProvider(Builder builder) {
        this.id = builder.id;
        this.url = builder.url;
        this.key = builder.key;
        this.models = builder.models;
        this.dialect = builder.dialect;
        this.redactor = new Redactor(key, MAX_ERROR_CHARS);
        this.retryAfter = new RetryAfter(builder.clock);
        this.transport = HttpTransport.create(id, builder.http.settings());
        this.streamed = HttpTarget.of(builder.url, headers(builder.http.userAgent(), "text/event-stream"));
        Map<String, String> wholeHeaders = headers(builder.http.userAgent(), "application/json");
        this.whole = HttpTarget.of(builder.url, wholeHeaders);
        this.api = new VendorApi(builder.baseUrl, id.value(), dialect, redactor, retryAfter, transport, wholeHeaders);
    }

    /**
     * {@return a builder}
     *
     * @param name the provider's name, unique within one library instance
     * @param baseUrl where the API is, with its version segment: {@code /chat/completions} is put after it as it
     *     stands
     * @param key the key
     * @throws IllegalArgumentException if the name is blank, or the URL is none of http or https, or has a user, a
     *     query or a fragment
     */
    public static Builder builder(String name, String baseUrl, ApiKey key) {
        return new Builder(ProviderId.of(name), baseUrl, key);
    }

    @Override
    public ProviderId id() {
        return id;
    }

    @Override
    public List<ModelInfo> catalog() {
        return models;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the schema of a function is not a JSON object
     * @throws IllegalStateException if this provider is closed
     */
    @Override
    public Exchange open(ProviderCall call, ReplySink sink) {
        RequestDraft draft = RequestJson.draft(call, dialect, id.value());
        byte[] body = JsonText.writeBytes(draft.body());
        Upstream upstream = new Upstream(id.value(), dialect, redactor, retryAfter);
        ReplyAssembler assembler = new ReplyAssembler(call, dialect, upstream, draft.adjustments(), sink::chunk);
        HttpTarget target = call.request().stream() ? streamed : whole;
        return transport.send(
                HttpCall.json(target, body, call.connectLimit()),
                new ReplyReader(sink, upstream, assembler),
                call::runAfterOpen);
    }

    private Map<String, String> headers(String userAgent, String accepted) {
        Map<String, String> all = new HashMap<>(dialect.headers());
        all.put("Authorization", "Bearer " + key.reveal());
        all.put("User-Agent", userAgent);
        all.put("Accept", accepted);
        // A proxy that compresses would hold pieces back; and no small answer can unfold into a huge one.
        all.put("Accept-Encoding", "identity");
        return Map.copyOf(all);
    }

    /** {@return the endpoints beside chat: lists of models, and what a vendor's module makes of the others} */
    public VendorApi api() {
        return api;
    }

    @Override
    public void close() {
        transport.close();
    }

    @Override
    public String toString() {
        return "OpenAiProvider[" + id + " at " + url.getHost() + "]";
    }

    /** Builds an {@link OpenAiProvider}; each setter checks at once. Not safe for use by several threads. */
    public static final class Builder {
        private final ProviderId id;
        private final String baseUrl;
        private final URI url;
        private final ApiKey key;
        private List<ModelInfo> models = List.of();
        private Dialect dialect = Dialect.standard();
        private HttpOptions http = HttpOptions.defaults();
        private Clock clock = Clock.systemUTC();

        private Builder(ProviderId id, String baseUrl, ApiKey key) {
            this.id = id;
            this.baseUrl = BaseUrl.check(baseUrl);
            this.url = URI.create(this.baseUrl + BaseUrl.CHAT_PATH);
            this.key = Objects.requireNonNull(key, "key");
        }

        /**
         * Sets the models that it offers, in order of preference; none by default. Others can be asked for by their
         * ids all the same.
         *
         * @param all the models, with distinct ids
         * @return this builder
         */
        public Builder models(List<ModelInfo> all) {
            long distinct = all.stream().map(ModelInfo::id).distinct().count();
            if (distinct != all.size()) {
                throw new IllegalArgumentException("two models have the same id");
            }
            this.models = List.copyOf(all);
            return this;
        }

        /**
         * Sets how the endpoint differs from the common form; {@link Dialect#standard()} by default.
         *
         * @param value the dialect
         * @return this builder
         */
        public Builder dialect(Dialect value) {
            this.dialect = Objects.requireNonNull(value, "dialect");
            return this;
        }

        /**
         * Sets how it sends; {@link HttpOptions#defaults()} by default.
         *
         * @param options proxy, protocol, client and so on
         * @return this builder
         */
        public Builder http(HttpOptions options) {
            this.http = Objects.requireNonNull(options, "http");
            return this;
        }

        Builder clock(Clock value) {
            this.clock = value;
            return this;
        }

        /** {@return the provider} */
        public OpenAiProvider build() {
            return new OpenAiProvider(this);
        }
    }
}

package dev.exai.providers.openai;

import dev.exai.context.CallContext;
import dev.exai.context.Deadline;
import dev.exai.context.SessionId;
import dev.exai.json.JsonText;
import dev.exai.message.ChatRequest;
import dev.exai.providers.http.HttpCall;
import dev.exai.providers.http.HttpTarget;
import dev.exai.providers.http.HttpTransport;
import dev.exai.providers.http.Redactor;
import dev.exai.providers.http.RetryAfter;
import dev.exai.spi.Exchange;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ProviderCall;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the endpoints of a vendor beside chat: lists, counts, files.
 *
 * <p>Each question is sent once, takes no permit, and ends within its limit: its future gets the answer, a
 * {@link dev.exai.error.ProviderException} or an {@link dev.exai.error.AttemptTimeoutException}. Cancelling the future
 * aborts the question. Futures complete on a thread of their own exchange. Safe for use by many threads.
 */
public final class VendorApi {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    private static final String PATH = "/[A-Za-z0-9/._:-]+";

    private final String baseUrl;
    private final String provider;
    private final Dialect dialect;
    private final Redactor redactor;
    private final RetryAfter retryAfter;
    private final HttpTransport transport;
    private final Map<String, String> headers;

    VendorApi(
            String baseUrl,
            String provider,
            Dialect dialect,
            Redactor redactor,
            RetryAfter retryAfter,
            HttpTransport transport,
            Map<String, String> headers) {
        this.baseUrl = baseUrl;
        this.provider = provider;
        this.dialect = dialect;
        this.redactor = redactor;
        this.retryAfter = retryAfter;
        this.transport = transport;
        this.headers = headers;
    }

    /**
     * {@return the answer to a GET, as text}
     *
     * @param path where, after the base URL, beginning with a slash
     * @param limit the most time that it may take
     */
    public CompletableFuture<String> get(String path, Duration limit) {
        return send(HttpCall.plain("GET", target(path), connect(limit)), limit);
    }

    /**
     * {@return a document, as text} It is taken as it is: one that looks like an error is none unless its status says so.
     *
     * @param path where, after the base URL, beginning with a slash
     * @param limit the most time that it may take
     */
    public CompletableFuture<String> document(String path, Duration limit) {
        return send(HttpCall.plain("GET", target(path), connect(limit)), new WholeReader(upstream(), limit, true));
    }

    /**
     * {@return the answer to a DELETE, as text}
     *
     * @param path where, after the base URL, beginning with a slash
     * @param limit the most time that it may take
     */
    public CompletableFuture<String> delete(String path, Duration limit) {
        return send(HttpCall.plain("DELETE", target(path), connect(limit)), limit);
    }

    /**
     * {@return the answer to a POST, as text}
     *
     * @param path where, after the base URL, beginning with a slash
     * @param json what is sent: maps, lists, texts, numbers and booleans
     * @param limit the most time that it may take
     */
    public CompletableFuture<String> post(String path, Map<String, ?> json, Duration limit) {
        return send(HttpCall.json(target(path), JsonText.writeBytes(json), connect(limit)), limit);
    }

    /**
     * {@return what the vendor says of a file that was uploaded}
     *
     * @param path where, after the base URL, beginning with a slash
     * @param purpose what the file is for, as the vendor names it
     * @param fileName what it is called
     * @param file its bytes; not copied
     * @param limit the most time that it may take
     */
    public CompletableFuture<UploadedFile> upload(
            String path, String purpose, String fileName, byte[] file, Duration limit) {
        HttpCall call = HttpCall.upload(target(path), Map.of("purpose", purpose), fileName, file, connect(limit));
        return parsed(send(call, limit), UploadedFile::parse);
    }

    /**
     * {@return the models that the vendor offers to this key} A list may be incomplete: never refuse a model because it
     * is not there.
     *
     * @param limit the most time that it may take
     */
    public CompletableFuture<List<ListedModel>> models(Duration limit) {
        return parsed(get("/models", limit), ListedModel::parseAll);
    }

    /**
     * {@return a catalogue with what the vendor's list of models says}
     *
     * <p>A window that the list tells counts, and so does what it says that a model can do; nothing is taken away from
     * what the catalogue knows, for lists are partial. A model that the catalogue does not have comes last, as a preview:
     * it can be asked for by its id with what the list says of it, and "auto" takes it when there is nothing better.
     *
     * @param catalog what is known
     * @param limit the most time that it may take
     */
    public CompletableFuture<List<ModelInfo>> currentModels(List<ModelInfo> catalog, Duration limit) {
        return parsed(get("/models", limit), json -> ListedModels.over(catalog, ListedModel.parseAll(json)));
    }

    /**
     * {@return a chat as it would be sent, for endpoints that take the same}
     *
     * @param request what would be asked
     * @param model of which model
     */
    public Map<String, Object> chatBody(ChatRequest request, String model) {
        CallContext nobody = CallContext.create(
                SessionId.of("nobody"), "not a call", Deadline.after(LONGEST_CONNECT, transport.timer()));
        ModelInfo info = ModelInfo.unknown(model);
        return RequestJson.draft(ProviderCall.of(nobody, info, request, 1, info.limits()), dialect, provider)
                .body();
    }

    /**
     * {@return what is made of an answer when it is there; one that cannot be understood is a
     * {@link dev.exai.error.MalformedReplyException}}
     *
     * @param answer the answer
     * @param parser makes something of it, or throws an {@link IllegalArgumentException} without content
     * @param <T> what is made of it
     */
    public <T> CompletableFuture<T> parsed(CompletableFuture<String> answer, AnswerParser<T> parser) {
        SideFuture<T> result = new SideFuture<>(() -> answer.cancel(false));
        result.follow(answer, text -> {
            try {
                return parser.parse(text);
            } catch (IllegalArgumentException e) {
                throw upstream().malformed(String.valueOf(e.getMessage()));
            }
        });
        return result;
    }

    /**
     * {@return done, when the answer is there}
     *
     * @param answer the answer, of which nothing is wanted
     */
    public CompletableFuture<Void> parsedVoid(CompletableFuture<String> answer) {
        SideFuture<Void> result = new SideFuture<>(() -> answer.cancel(false));
        result.followVoid(answer);
        return result;
    }

    /**
     * Makes something of an answer.
     *
     * @param <T> what it makes
     */
    @FunctionalInterface
    public interface AnswerParser<T> {
        /**
         * {@return what the answer stands for}
         *
         * @param text the answer
         * @throws IllegalArgumentException if it cannot be understood; the message shows no content
         */
        T parse(String text);
    }

    private CompletableFuture<String> send(HttpCall call, Duration limit) {
        return send(call, new WholeReader(upstream(), limit, false));
    }

    private CompletableFuture<String> send(HttpCall call, WholeReader reader) {
        Exchange exchange = transport.send(call, reader);
        return reader.begin(exchange, transport.timer());
    }

    private Upstream upstream() {
        return new Upstream(provider, dialect, redactor, retryAfter);
    }

    private HttpTarget target(String path) {
        if (!path.matches(PATH) || path.contains("..")) {
            throw new IllegalArgumentException(
                    "path or id has a character that none has: " + Redactor.scrub(path, 100));
        }
        return HttpTarget.of(URI.create(baseUrl + path), headers);
    }

    private static Duration connect(Duration limit) {
        if (Objects.requireNonNull(limit, "limit").isZero() || limit.isNegative()) {
            throw new IllegalArgumentException("limit must be more than zero: " + limit);
        }
        return limit.compareTo(LONGEST_CONNECT) < 0 ? limit : LONGEST_CONNECT;
    }

    @Override
    public String toString() {
        return "VendorApi[" + provider + "]";
    }
}

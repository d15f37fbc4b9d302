package dev.exai.providers.http;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** One request. Immutable, so long as nobody changes the bytes. {@code toString} shows no header. */
public final class HttpCall {
    private final String method;
    private final HttpTarget target;
    private final @Nullable RequestBody body;
    private final Duration connectLimit;

    private HttpCall(String method, HttpTarget target, @Nullable RequestBody body, Duration connectLimit) {
        this.method = Objects.requireNonNull(method, "method");
        this.target = Objects.requireNonNull(target, "target");
        this.body = body;
        this.connectLimit = Objects.requireNonNull(connectLimit, "connectLimit");
    }

    /**
     * {@return the POST of a JSON text}
     *
     * @param target where to, with which headers
     * @param body the JSON text as UTF-8; kept, not copied
     * @param connectLimit the most time until a connection stands, name look-up and TLS included
     */
    public static HttpCall json(HttpTarget target, byte[] body, Duration connectLimit) {
        return new HttpCall("POST", target, OnceBody.json(body), connectLimit);
    }

    /**
     * {@return a request without a body}
     *
     * @param method {@code GET} or {@code DELETE}
     * @param target where to, with which headers
     * @param connectLimit the most time until a connection stands
     */
    public static HttpCall plain(String method, HttpTarget target, Duration connectLimit) {
        return new HttpCall(method, target, null, connectLimit);
    }

    /**
     * {@return the POST of a form with one file in it}
     *
     * @param target where to, with which headers
     * @param fields the form's other fields
     * @param fileName what the file is called
     * @param file the file's bytes; kept, not copied
     * @param connectLimit the most time until a connection stands
     */
    public static HttpCall upload(
            HttpTarget target, Map<String, String> fields, String fileName, byte[] file, Duration connectLimit) {
        MultipartBody.Builder form = new MultipartBody.Builder().setType(MultipartBody.FORM);
        fields.forEach(form::addFormDataPart);
        form.addFormDataPart("file", fileName, RequestBody.create(file, MediaType.get("application/octet-stream")));
        return new HttpCall("POST", target, OnceBody.of(form.build()), connectLimit);
    }

    String method() {
        return method;
    }

    HttpTarget target() {
        return target;
    }

    @Nullable
    RequestBody body() {
        return body;
    }

    Duration connectLimit() {
        return connectLimit;
    }

    @Override
    public String toString() {
        return "HttpCall[" + method + " " + target + "]";
    }
}

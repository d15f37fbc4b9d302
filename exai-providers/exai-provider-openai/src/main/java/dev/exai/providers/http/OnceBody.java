package dev.exai.providers.http;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** A body that OkHttp may send once only: else it sends a request again that was answered 503 with Retry-After 0. */
final class OnceBody extends RequestBody {
    private static final MediaType JSON = MediaType.get("application/json");

    private final RequestBody body;

    private OnceBody(RequestBody body) {
        this.body = body;
    }

    static RequestBody json(byte[] bytes) {
        return new Json(bytes);
    }

    static OnceBody of(RequestBody body) {
        return new OnceBody(body);
    }

    /** The usual one, which is made for each call: the bytes and no more. */
    private static final class Json extends RequestBody {
        private final byte[] bytes;

        Json(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public MediaType contentType() {
            return JSON;
        }

        @Override
        public long contentLength() {
            return bytes.length;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.write(bytes);
        }
    }

    @Override
    public @Nullable MediaType contentType() {
        return body.contentType();
    }

    @Override
    public long contentLength() throws IOException {
        return body.contentLength();
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        body.writeTo(sink);
    }
}

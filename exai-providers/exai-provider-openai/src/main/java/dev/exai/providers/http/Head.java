package dev.exai.providers.http;

import java.util.Optional;
import okhttp3.Response;

/** The head of an OkHttp response. */
final class Head implements ResponseHead {
    private final Response response;

    Head(Response response) {
        this.response = response;
    }

    @Override
    public int status() {
        return response.code();
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(response.header(name));
    }

    @Override
    public long bodyLength() {
        return response.body().contentLength();
    }

    @Override
    public String toString() {
        return "Head[" + status() + "]";
    }
}

package dev.exai.examples.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.ObjIntConsumer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;

/** The least that anybody could do: OkHttp's enqueue, and Jackson's streaming parser, with no checks at all. */
final class RawChat implements Chat {
    private static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient client = new OkHttpClient();
    private final JsonFactory json = new JsonFactory();
    private final HttpUrl url;

    RawChat(int port) {
        url = HttpUrl.get("http://127.0.0.1:" + port + "/v1/chat/completions");
    }

    @Override
    public int ask() throws Exception {
        int[] characters = new int[1];
        return send(false, response -> {
                    text(response.body().bytes(), characters);
                    return characters[0];
                })
                .get();
    }

    /** Asks for a whole reply on this thread, and reads no JSON: less cannot be done over OkHttp. */
    int askOnThisThread() throws IOException {
        try (Response response = client.newCall(request(false)).execute()) {
            return response.body().bytes().length;
        }
    }

    @Override
    public int stream() throws Exception {
        int[] characters = new int[1];
        return send(true, response -> {
                    lines(response.body().source(), (line, length) -> text(line, characters));
                    return characters[0];
                })
                .get();
    }

    @Override
    public long nanosToFirstWord() throws Exception {
        long start = System.nanoTime();
        long[] first = new long[1];
        int[] characters = new int[1];
        send(true, response -> {
                    lines(response.body().source(), (line, length) -> {
                        text(line, characters);
                        if (first[0] == 0 && characters[0] > 0) {
                            first[0] = System.nanoTime();
                        }
                    });
                    return characters[0];
                })
                .get();
        return first[0] - start;
    }

    private interface Reading {
        int read(Response response) throws IOException;
    }

    private CompletableFuture<Integer> send(boolean stream, Reading reading) throws IOException {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        client.newCall(request(stream)).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException e) {
                result.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call call, Response response) throws IOException {
                try (response) {
                    result.complete(reading.read(response));
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            }
        });
        return result;
    }

    private Request request(boolean stream) throws IOException {
        return new Request.Builder()
                .url(url)
                .header("Authorization", "Bearer key")
                .post(RequestBody.create(body(stream), JSON))
                .build();
    }

    private byte[] body(boolean stream) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator generator = json.createGenerator(out)) {
            generator.writeStartObject();
            generator.writeStringField("model", "benchmark");
            generator.writeArrayFieldStart("messages");
            generator.writeStartObject();
            generator.writeStringField("role", "user");
            generator.writeStringField("content", "hello");
            generator.writeEndObject();
            generator.writeEndArray();
            generator.writeBooleanField("stream", stream);
            generator.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void lines(BufferedSource source, ObjIntConsumer<byte[]> each) throws IOException {
        while (true) {
            long end = source.indexOf((byte) '\n');
            if (end < 0) {
                return;
            }
            byte[] line = source.readByteArray(end);
            source.skip(1);
            if (line.length > 6 && line[6] == '{') {
                each.accept(Arrays.copyOfRange(line, 6, line.length), line.length);
            }
        }
    }

    /** Adds the length of the content. */
    private void text(byte[] bytes, int[] characters) {
        try (JsonParser parser = json.createParser(bytes)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && parser.currentName().equals("content")) {
                    parser.nextToken();
                    characters[0] += parser.getText().length();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}

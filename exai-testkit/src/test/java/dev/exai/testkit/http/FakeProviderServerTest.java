package dev.exai.testkit.http;

import static dev.exai.testkit.http.Exchanges.KEY;
import static dev.exai.testkit.http.Exchanges.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class FakeProviderServerTest {
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final HttpClient client = Exchanges.client();
    private final FakeProviderServer server = FakeProviderServer.glm();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void stream_glm_hasReasoningTextWholeFunctionsAndUsageInTheLastFrame() throws Exception {
        server.script(HttpScript.reasoning("Both.")
                .text("Calling \"it\".")
                .functionCall("call_a", "add", "{\"a\":2}")
                .functionCall("call_b", "mul", "{}")
                .complete());

        HttpResponse<String> response = Exchanges.stream(client, server);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream;charset=UTF-8");
        assertThat(response.headers().firstValue("X-LOG-ID")).isPresent();
        List<String> frames = frames(response.body());
        assertThat(frames).hasSize(6).endsWith("[DONE]");
        assertThat(frames.get(0))
                .contains("\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"Both.\"}")
                .doesNotContain("finish_reason");
        assertThat(frames.get(1)).contains("\"content\":\"Calling \\\"it\\\".\"");
        assertThat(frames.get(3))
                .contains(
                        "\"tool_calls\":[{\"id\":\"call_b\",\"index\":1,\"type\":\"function\",\"function\":{\"name\":\"mul\",\"arguments\":\"{}\"}}]");
        assertThat(frames.get(4)).contains("\"finish_reason\":\"tool_calls\"", "\"usage\":{\"prompt_tokens\":3");
    }

    @Test
    void stream_functionInPieces_namesItOnceThenSendsArguments() throws Exception {
        server.script(HttpScript.headers()
                .functionCallInPieces("call_a", "add", "{\"a\":", "2}")
                .complete());

        List<String> frames = frames(Exchanges.stream(client, server).body());

        assertThat(frames.get(0)).contains("\"id\":\"call_a\"", "\"arguments\":\"\"");
        assertThat(frames.get(1)).contains("\"arguments\":\"{\\\"a\\\":\"").doesNotContain("call_a");
        assertThat(frames.get(2)).contains("\"arguments\":\"2}\"");
    }

    @Test
    void stream_kimi_beginsWithTheRoleAndEndsWithUsageInItsPlaces() throws Exception {
        try (FakeProviderServer kimi = FakeProviderServer.kimi()) {
            kimi.script(HttpScript.text("Hi").functionCall("add:0", "add", "{}").complete());
            String asked = "{\"model\":\"kimi-k3\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

            List<String> frames = frames(client.send(Exchanges.request(kimi, asked), BodyHandlers.ofString())
                    .body());

            assertThat(frames.get(0))
                    .contains("\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null");
            assertThat(frames.get(1)).contains("\"delta\":{\"content\":\"Hi\"}");
            assertThat(frames.get(2)).contains("\"name\":\"add\",\"arguments\":\"\"");
            assertThat(frames.get(3)).contains("\"function\":{\"arguments\":\"{}\"}");
            assertThat(frames.get(4)).contains("\"finish_reason\":\"tool_calls\",\"usage\":{");
            assertThat(frames.get(5)).contains("\"choices\":[],\"usage\":{");
            assertThat(frames.get(6)).isEqualTo("[DONE]");
        }
    }

    @Test
    void stream_openAi_hasUsageOnlyIfAskedFor() throws Exception {
        try (FakeProviderServer openAi = FakeProviderServer.openAi()) {
            List<String> frames = frames(Exchanges.stream(client, openAi).body());

            assertThat(frames).hasSize(4).noneMatch(frame -> frame.contains("usage"));
            assertThat(openAi.baseUrl().getPath()).isEqualTo("/v1");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void whole_anyFormat_isOneJsonAnswer(WireFormat format) throws Exception {
        try (FakeProviderServer each = FakeProviderServer.start(format, 0)) {
            each.script(HttpScript.reasoning("hm")
                    .text("a")
                    .text("b")
                    .functionCall("f1", "add", "{}")
                    .complete("length"));

            HttpResponse<String> response = Exchanges.whole(client, each);

            assertThat(response.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
            assertThat(JsonReader.read(response.body())).isNotNull();
            assertThat(response.body())
                    .contains("\"content\":\"ab\"", "\"reasoning_content\":\"hm\"", "\"finish_reason\":\"length\"")
                    .contains(
                            "\"name\":\"add\"",
                            "\"model\":\"m\"",
                            "\"object\":\"chat.completion\"",
                            "\"total_tokens\":");
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void stream_anyFormat_everyFrameIsJson(WireFormat format) throws Exception {
        try (FakeProviderServer each = FakeProviderServer.start(format, 0)) {
            each.script(HttpScript.reasoning("\u4f60\ud83d\ude00")
                    .text("b\n\"")
                    .functionCallInPieces("f1", "add", "{", "}")
                    .breakOff(Refusal.SERVER_ERROR));

            for (String frame : frames(Exchanges.stream(client, each).body())) {
                assertThat(JsonReader.read(frame)).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void refuse_anyReason_isAnErrorInTheFormatsOwnShape(WireFormat format) throws Exception {
        try (FakeProviderServer each = FakeProviderServer.start(format, 0)) {
            for (Refusal refusal : Refusal.values()) {
                each.script(HttpScript.refuse(refusal));

                HttpResponse<String> response = Exchanges.stream(client, each);

                assertThat(response.statusCode()).isGreaterThanOrEqualTo(400);
                if (refusal == Refusal.GATEWAY_TIMEOUT) {
                    assertThat(response.body()).startsWith("<html>");
                } else {
                    assertThat(response.body()).startsWith("{\"error\":{");
                    assertThat(JsonReader.read(response.body())).isNotNull();
                }
            }
            assertThat(each.failed()).isEqualTo(Refusal.values().length);
        }
    }

    @Test
    void refuse_concurrency_hasTheCodesAndHeadersOfEachProvider() throws Exception {
        server.script(HttpScript.refuse(Refusal.CONCURRENCY));
        HttpResponse<String> glm = Exchanges.stream(client, server);
        assertThat(glm.statusCode()).isEqualTo(429);
        assertThat(glm.body())
                .isEqualTo("{\"error\":{\"code\":\"1302\",\"message\":\"Rate limit reached for requests\"}}");
        assertThat(glm.headers().firstValue("Retry-After")).isEmpty();

        try (FakeProviderServer kimiServer = FakeProviderServer.kimi()) {
            kimiServer.script(HttpScript.refuse(Refusal.CONCURRENCY));
            HttpResponse<String> kimi = Exchanges.stream(client, kimiServer);
            assertThat(kimi.body()).contains("organization max concurrency: 1", "rate_limit_reached_error");
            assertThat(kimi.headers().firstValue("Retry-After")).contains("1");
            assertThat(kimi.headers().firstValue("Msh-Cooldown-Seconds")).contains("1");
        }
    }

    @Test
    void refuse_otherRetryAfter_takesThePlaceOfTheUsualOne() throws Exception {
        try (FakeProviderServer kimi = FakeProviderServer.kimi()) {
            kimi.script(HttpScript.refuse(Refusal.CONCURRENCY).withHeader("retry-after", "86400"));

            HttpResponse<String> response = Exchanges.stream(client, kimi);

            assertThat(response.headers().allValues("Retry-After")).containsExactly("86400");
        }
    }

    @Test
    void refuse_glmBadParameter_hasNoContentType() throws Exception {
        server.script(HttpScript.refuse(Refusal.BAD_PARAMETER));

        assertThat(Exchanges.whole(client, server).headers().firstValue("Content-Type"))
                .isEmpty();
    }

    @Test
    void breakOff_insideTheAnswer_isAnErrorFrameUnder200() throws Exception {
        server.script(HttpScript.text("Par").breakOff(Refusal.SERVER_ERROR));

        HttpResponse<String> streamed = Exchanges.stream(client, server);
        HttpResponse<String> whole = Exchanges.whole(client, server);

        assertThat(streamed.statusCode()).isEqualTo(200);
        assertThat(frames(streamed.body())).hasSize(2).last().asString().startsWith("{\"error\":{\"code\":\"1234\"");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).startsWith("{\"error\":");
    }

    @Test
    void door_noKeyWrongKeyNoJsonUnknownModelOrPath_isRefusedAsByTheRealOne() throws Exception {
        server.requireKey(KEY).models("glm-4.7");
        URI chat = URI.create(server.baseUrl() + "/chat/completions");
        HttpRequest.BodyPublisher good = HttpRequest.BodyPublishers.ofString(Exchanges.body("glm-4.7", "hi", false));

        HttpResponse<String> noKey =
                client.send(HttpRequest.newBuilder(chat).POST(good).build(), BodyHandlers.ofString());
        HttpResponse<String> wrongKey = client.send(
                HttpRequest.newBuilder(chat)
                        .header("Authorization", "Bearer other")
                        .POST(good)
                        .build(),
                BodyHandlers.ofString());
        HttpResponse<String> noJson = client.send(Exchanges.request(server, "{\"model\":"), BodyHandlers.ofString());
        HttpResponse<String> unknownModel = Exchanges.whole(client, server);
        HttpResponse<String> unknownPath = client.send(
                HttpRequest.newBuilder(URI.create(server.baseUrl() + "/v1/chat/completions"))
                        .POST(good)
                        .build(),
                BodyHandlers.ofString());

        assertThat(noKey.body()).contains("1001");
        assertThat(wrongKey.statusCode()).isEqualTo(401);
        assertThat(noJson.statusCode()).isEqualTo(400);
        assertThat(unknownModel.body()).contains("1211");
        assertThat(unknownPath.statusCode()).isEqualTo(404);
        assertThat(server.refused()).isEqualTo(4);
        assertThat(server.opened()).isZero();
    }

    @Test
    void models_get_listsThem() throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(server.baseUrl() + "/models")).build(), BodyHandlers.ofString());

        assertThat(response.body()).startsWith("{\"object\":\"list\",\"data\":[{\"id\":\"glm-5.3\"");
    }

    @Test
    void script_numberThenMatcherThenDefault_decideInThisOrder() throws Exception {
        server.script(HttpScript.text("default").complete())
                .script(
                        request -> request.promptText().equals("hi"),
                        HttpScript.text("matched").complete())
                .script(1, HttpScript.text("numbered").complete());

        assertThat(Exchanges.whole(client, server).body()).contains("numbered");
        assertThat(Exchanges.whole(client, server).body()).contains("matched");
        assertThat(client.send(Exchanges.request(server, Exchanges.body("m", "ho", false)), BodyHandlers.ofString())
                        .body())
                .contains("default");
    }

    @Test
    void requests_recorded_hideTheKeyButKnowIt() throws Exception {
        Exchanges.stream(client, server);

        RecordedRequest request = server.requests().get(0);
        assertThat(request.number()).isEqualTo(1);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/api/paas/v4/chat/completions");
        assertThat(request.header("Content-Type")).contains("application/json");
        assertThat(request.header("authorization")).contains("[redacted]");
        assertThat(request.headers().toString() + request).doesNotContain(KEY).doesNotContain("be brief");
        assertThat(request.authorizedWith(KEY)).isTrue();
        assertThat(request.authorizedWith("other")).isFalse();
        assertThat(request.model()).isEqualTo("m");
        assertThat(request.stream()).isTrue();
        assertThat(request.promptText()).isEqualTo("hi");
        assertThat(request.body()).contains("be brief");
    }

    @Test
    void connection_severalRequests_isReused() throws Exception {
        server.script(2, HttpScript.refuse(Refusal.OVERLOADED))
                .script(3, HttpScript.text("x").endEarly());

        for (int i = 0; i < 6; i++) {
            Exchanges.stream(client, server);
            Exchanges.whole(client, server);
        }

        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.completed()).isEqualTo(10);
        assertThat(server.maxInFlight()).isEqualTo(1);
    }

    @Test
    void connection_closeAsked_isClosedAfterTheAnswer() throws Exception {
        server.script(HttpScript.text("x").complete());
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream()
                    .write("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));

            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(all).startsWith("HTTP/1.1 404");
        }
    }

    @Test
    void request_chunkedAndExpectContinue_isRead() throws Exception {
        HttpRequest chunked = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/chat/completions"))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + KEY)
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(
                        Exchanges.body("m", "x".repeat(100_000), false).getBytes(StandardCharsets.UTF_8))))
                .build();

        assertThat(client.send(chunked, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(server.requests().get(0).promptText()).hasSize(100_000);
    }

    @Test
    void hang_beforeHeaders_sendsNothing() throws Exception {
        server.script(HttpScript.hang());
        try (Socket socket = Exchanges.openStream(server)) {
            server.awaitInFlight(1, LIMIT);
            socket.setSoTimeout(50);

            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void headers_thenHang_sendsHeadersOnly() throws Exception {
        server.script(HttpScript.headers().hang());
        try (Socket socket = Exchanges.openStream(server)) {
            assertThat(Exchanges.readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 200");
            socket.setSoTimeout(50);

            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.openExchanges()).singleElement().asString().contains("glm on port", "#1 POST");
        }
    }

    @Test
    void after_latency_comesBeforeTheHeaders() throws Exception {
        server.script(HttpScript.after(Duration.ofMillis(60)).text("x").complete());
        long begun = System.nanoTime();

        Exchanges.stream(client, server);

        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(60_000_000L);
    }

    @Test
    void keepAliveForEver_sendsOnlyComments() throws Exception {
        server.script(HttpScript.headers().keepAliveForEver(Duration.ofMillis(1)));
        try (Socket socket = Exchanges.openStream(server)) {
            Exchanges.readUntil(socket, "\r\n\r\n");
            String comments = Exchanges.readUntil(socket, "keep-alive\n\n\r\n" + "e\r\n: keep-alive");

            assertThat(comments).doesNotContain("data:");
        }
        server.awaitNoOpenExchanges(LIMIT);
        assertThat(server.abortedByClient()).isEqualTo(1);
    }

    @Test
    void texts_slowDrip_comesPieceByPiece() throws Exception {
        server.script(HttpScript.headers().texts(5, "x", Duration.ofMillis(2)).complete());

        assertThat(frames(Exchanges.stream(client, server).body())).hasSize(7);
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void reset_inMidStream_isAnIoErrorAtTheClient(WireFormat format) throws Exception {
        try (FakeProviderServer each = FakeProviderServer.start(format, 0)) {
            each.script(HttpScript.text("par").reset());

            assertThatThrownBy(() -> Exchanges.stream(client, each)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> Exchanges.whole(client, each)).isInstanceOf(IOException.class);
            each.awaitNoOpenExchanges(LIMIT);
            assertThat(each.failed()).isEqualTo(2);
            assertThat(each.abortedByClient()).isZero();
        }
    }

    @Test
    void halfClose_inMidStream_endsTheBodyTooEarly() throws Exception {
        server.script(HttpScript.text("par").halfClose());
        try (Socket socket = Exchanges.openStream(server)) {
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(all).contains("par").doesNotContain("[DONE]").doesNotEndWith("0\r\n\r\n");
        }
        assertThatThrownBy(() -> Exchanges.whole(client, server)).isInstanceOf(IOException.class);
    }

    @Test
    void endWithoutDone_orEarly_endsTheBodyProperly() throws Exception {
        server.script(1, HttpScript.text("x").endWithoutDone())
                .script(2, HttpScript.text("x").endEarly());

        assertThat(frames(Exchanges.stream(client, server).body()))
                .hasSize(2)
                .last()
                .asString()
                .contains("stop");
        assertThat(frames(Exchanges.stream(client, server).body())).hasSize(1);
        assertThat(server.completed()).isEqualTo(1);
        assertThat(server.failed()).isEqualTo(1);
    }

    @Test
    void garbage_isSentAsItIs() throws Exception {
        server.script(HttpScript.text("x").garbage().comment("note").complete());

        String body = Exchanges.stream(client, server).body();

        assertThat(body).contains("data: {\"choices\":[{\"delta\":{\"content\":\"tor\n\n", ": note\n\n");
        assertThat(Exchanges.whole(client, server).body()).startsWith("data: {");
    }

    @Test
    void respond_anything_isSentAsItIs() throws Exception {
        server.script(HttpScript.respond(418, "text/plain", "short and stout"));

        HttpResponse<String> response = Exchanges.stream(client, server);

        assertThat(response.statusCode()).isEqualTo(418);
        assertThat(response.body()).isEqualTo("short and stout");
    }

    @Test
    void byteByByte_splitsCharactersButLosesNothing() throws Exception {
        server.script(HttpScript.text("\u4f60\ud83d\ude00").complete().byteByByte(Duration.ZERO));

        assertThat(Exchanges.stream(client, server).body()).contains("\u4f60\ud83d\ude00", "[DONE]");
        assertThat(Exchanges.whole(client, server).body()).contains("\u4f60\ud83d\ude00");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void abort_whileHangingBeforeHeaders_isNoticedAtOnce() throws Exception {
        server.script(HttpScript.hang());
        Socket socket = Exchanges.openStream(server);
        server.awaitInFlight(1, LIMIT);

        long begun = System.nanoTime();
        socket.close();
        server.awaitInFlight(0, LIMIT);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
        server.awaitNoOpenExchanges(LIMIT);
        assertThat(server.abortedByClient()).isEqualTo(1);
        assertThat(server.failed()).isZero();
    }

    @Test
    void abort_inALongWait_isNoticedAtOnce() throws Exception {
        server.script(HttpScript.text("x").after(FOR_EVER).text("y").complete());
        Socket socket = Exchanges.openStream(server);
        Exchanges.readUntil(socket, "\"x\"");

        socket.close();
        server.awaitNoOpenExchanges(LIMIT);

        assertThat(server.abortedByClient()).isEqualTo(1);
    }

    @Test
    void abort_byReset_isNoticedAtOnce() throws Exception {
        server.script(HttpScript.hang());
        Socket socket = Exchanges.openStream(server);
        server.awaitInFlight(1, LIMIT);

        socket.setSoLinger(true, 0);
        socket.close();
        server.awaitNoOpenExchanges(LIMIT);

        assertThat(server.abortedByClient()).isEqualTo(1);
    }

    @Test
    void abort_byTheJdksClient_isNoticed() throws Exception {
        server.script(HttpScript.text("x").hang());
        CompletableFuture<HttpResponse<String>> call = Exchanges.async(client, server, "m");
        server.awaitInFlight(1, LIMIT);

        call.cancel(true);

        server.awaitNoOpenExchanges(LIMIT);
        assertThat(server.abortedByClient()).isEqualTo(1);
    }

    @Test
    void abort_whileTheServerWrites_countsAsAborted() throws Exception {
        server.script(HttpScript.headers()
                .texts(1_000_000, "x".repeat(1000), Duration.ZERO)
                .complete());
        Socket socket = Exchanges.openStream(server);
        Exchanges.readUntil(socket, "\r\n\r\n");

        socket.close();
        server.awaitNoOpenExchanges(LIMIT);

        assertThat(server.abortedByClient()).isEqualTo(1);
        assertThat(server.completed()).isZero();
    }

    @Test
    void maxInFlight_severalAtOnce_isCountedOverallAndByModel() throws Exception {
        server.script(HttpScript.headers().hang());
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sockets.add(Exchanges.open(server, Exchanges.body(i < 2 ? "a" : "b", "hi", true)));
        }
        server.awaitInFlight(5, LIMIT);
        assertThat(server.inFlight("b")).isEqualTo(3);
        for (Socket socket : sockets) {
            socket.close();
        }
        server.awaitInFlight(0, LIMIT);

        assertThat(server.maxInFlight()).isEqualTo(5);
        assertThat(server.maxInFlight("a")).isEqualTo(2);
        assertThat(server.maxInFlight("b")).isEqualTo(3);
    }

    // client closes one connection | asks on the next: never counted as two
    @Test
    void maxInFlight_oneAbortedAndTheNextAtOnce_isOne() throws Exception {
        server.script(HttpScript.hang());
        for (int i = 1; i <= 300; i++) {
            Socket socket = Exchanges.openStream(server);
            server.awaitRequests(i, LIMIT);
            socket.close();
        }
        // The last one may not even be in flight yet.
        long end = System.nanoTime() + LIMIT.toNanos();
        while (server.abortedByClient() < 300 && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }

        assertThat(server.maxInFlight()).isEqualTo(1);
        assertThat(server.abortedByClient()).isEqualTo(300);
        assertThat(server.opened()).isEqualTo(300);
    }

    // end of one answer | next request: the server has counted the end before the client can know it
    @Test
    void maxInFlight_oneAfterAnother_isOne() throws Exception {
        server.script(HttpScript.text("x").complete());
        for (int i = 0; i < 300; i++) {
            try (Socket socket = Exchanges.openStream(server)) {
                Exchanges.readUntil(socket, "[DONE]");
            }
        }
        assertThat(server.maxInFlight()).isEqualTo(1);
        assertThat(server.completed()).isEqualTo(300);
    }

    @Test
    void limitInFlight_glm_refusesPerModel() throws Exception {
        server.limitInFlight(1).script(HttpScript.headers().hang());
        try (Socket first = Exchanges.open(server, Exchanges.body("a", "hi", true))) {
            server.awaitInFlight(1, LIMIT);

            HttpResponse<String> sameModel =
                    Exchanges.async(client, server, "a").get(10, TimeUnit.SECONDS);
            assertThat(sameModel.statusCode()).isEqualTo(429);
            assertThat(sameModel.body()).contains("1302");

            try (Socket otherModel = Exchanges.open(server, Exchanges.body("b", "hi", true))) {
                assertThat(Exchanges.readUntil(otherModel, "\r\n\r\n")).startsWith("HTTP/1.1 200");
                assertThat(first.isConnected()).isTrue();
            }
        }
        assertThat(server.refused()).isEqualTo(1);
        assertThat(server.maxInFlight("a")).isEqualTo(1);
    }

    @Test
    void limitInFlight_kimi_refusesOverAllModels() throws Exception {
        try (FakeProviderServer kimi = FakeProviderServer.kimi().limitInFlight(2)) {
            kimi.script(HttpScript.headers().hang());
            try (Socket a = Exchanges.open(kimi, Exchanges.body("a", "hi", true));
                    Socket b = Exchanges.open(kimi, Exchanges.body("b", "hi", true))) {
                kimi.awaitInFlight(2, LIMIT);

                HttpResponse<String> third = Exchanges.async(client, kimi, "c").get(10, TimeUnit.SECONDS);

                assertThat(third.body()).contains("organization max concurrency: 2");
                assertThat(List.of(a, b)).allMatch(Socket::isConnected);
            }
        }
    }

    @Test
    void close_openExchanges_endsConnectionsAndThreads() throws Exception {
        FakeProviderServer other = FakeProviderServer.openAi();
        other.script(HttpScript.hang());
        try (Socket socket = Exchanges.openStream(other)) {
            other.awaitInFlight(1, LIMIT);

            other.close();
            other.close();

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("exai-fake-openai-" + other.port()));
            assertThat(other.abortedByClient()).isZero();
            assertThat(other.failed()).isEqualTo(1);
        }
    }

    @Test
    void threads_whileServing_areNamedDaemons() throws Exception {
        Exchanges.stream(client, server);

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("exai-fake-glm-" + server.port()))
                .hasSize(2)
                .allMatch(Thread::isDaemon);
    }

    @Test
    void await_neverMet_failsWithTheCounts() {
        assertThatThrownBy(() -> server.awaitInFlight(3, Duration.ofMillis(20)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not 3 in flight")
                .hasMessageContaining("0 in flight");
    }

    @Test
    void main_arguments_chooseFormatAndPort() throws Exception {
        try (FakeProviderServer kimi = CommandLine.parse("Kimi").start().get(0)) {
            assertThat(kimi.format()).isEqualTo(WireFormat.KIMI);
            assertThat(Exchanges.whole(client, kimi).statusCode()).isEqualTo(200);
            String port = Integer.toString(kimi.port());
            assertThatThrownBy(() -> CommandLine.parse("glm", port).start())
                    .isInstanceOf(java.io.UncheckedIOException.class)
                    .hasMessageContaining(port);
        }
        assertThatThrownBy(() -> CommandLine.parse("other")).hasMessageContaining("use glm, kimi or openai");
        assertThatThrownBy(() -> CommandLine.parse()).hasMessageContaining("usage");
    }

    @Test
    void main_headerOfTheRequest_choosesTheScript() throws Exception {
        try (FakeProviderServer openAi = CommandLine.parse("openai").start().get(0)) {
            for (String name : List.of("concurrency", "break-overloaded", "function", "no-done")) {
                HttpRequest plain = Exchanges.request(openAi, Exchanges.body("m", "hi", true));
                HttpResponse<String> response = client.send(
                        HttpRequest.newBuilder(plain.uri())
                                .header("Authorization", "Bearer " + KEY)
                                .header("X-Fake-Script", name)
                                .POST(plain.bodyPublisher().orElseThrow())
                                .build(),
                        BodyHandlers.ofString());

                assertThat(response.statusCode()).isEqualTo(name.equals("concurrency") ? 429 : 200);
                assertThat(response.body().contains("[DONE]")).isEqualTo(name.equals("function"));
            }
        }
    }

    @Test // a client that calls functions by itself would go round for ever
    void main_resultOfTheFunctionSentBack_isAnsweredInText() throws Exception {
        try (FakeProviderServer openAi = CommandLine.parse("openai").start().get(0)) {
            String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"2+3?\"},{\"role\":\"tool\","
                    + "\"tool_call_id\":\"call_1\",\"content\":\"5\"}]}";

            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(Exchanges.request(openAi, body).uri())
                            .header("Authorization", "Bearer " + KEY)
                            .header("X-Fake-Script", "function")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(response.body()).contains("\"content\":\"ok\"").doesNotContain("tool_calls\":[");
        }
    }

    @Test
    void requests_several_areInOrderOfArrival() throws Exception {
        server.script(HttpScript.complete());
        for (int i = 0; i < 5; i++) {
            Exchanges.whole(client, server);
        }

        assertThat(server.requests()).extracting(RecordedRequest::number).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void script_misuse_isRefusedAtOnce() {
        assertThatThrownBy(() -> HttpScript.headers().keepAliveForEver(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HttpScript.complete().withHeader("X", "a\r\nB: c"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HttpScript.respond(101, "text/plain", "")).hasMessageContaining("101");
        assertThatThrownBy(() -> server.limitInFlight(0)).hasMessageContaining("limit < 1");
    }

    private static List<String> frames(String body) {
        return body.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .toList();
    }

    @Test // an exchange that ends while the next one waits at the door was in flight with it, and is counted so
    void maxInFlight_answersShorterThanThePatienceAtTheDoor_areCountedTogether() throws Exception {
        try (FakeProviderServer server = FakeProviderServer.glm()) {
            server.script(HttpScript.after(Duration.ofMillis(15)).text("ok").complete());
            for (int round = 0; round < 50 && server.maxInFlight() < 4; round++) {
                List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    answers.add(Exchanges.async(client, server, "glm-4.7"));
                }
                for (CompletableFuture<HttpResponse<String>> answer : answers) {
                    assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
                }
            }

            assertThat(server.maxInFlight()).isEqualTo(4);
            assertThat(server.maxInFlight("glm-4.7")).isEqualTo(4);
        }
    }

    @Test // a client that closes and asks again at once has one request in flight, not two
    void maxInFlight_clientsThatLeaveAndComeAgain_areNotCountedTwice() throws Exception {
        try (FakeProviderServer server = FakeProviderServer.glm()) {
            server.script(HttpScript.headers().hang());
            for (int i = 0; i < 20; i++) {
                try (Socket socket = Exchanges.openStream(server)) {
                    server.awaitRequests(i + 1, LIMIT);
                    server.awaitInFlight(1, LIMIT);
                }
            }

            assertThat(server.maxInFlight()).isEqualTo(1);
        }
    }
}

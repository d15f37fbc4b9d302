package dev.exai.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.testkit.time.ManualScheduler;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestAssertionsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualScheduler clock = ManualScheduler.create();
    private final FakeProviderServer server =
            FakeProviderServer.builder(WireFormat.OPENAI).clock(clock::nanoTime).start();

    @AfterEach
    void close() {
        server.close();
    }

    @BeforeEach
    void ask() throws Exception {
        HttpClient client = Exchanges.client();
        for (String body : List.of(
                "{\"model\":\"a\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"secret\"}],\"tools\":"
                        + "[{\"type\":\"function\",\"function\":{\"name\":\"add\"}},{\"type\":\"web_search\"}]}",
                "{\"model\":\"b\",\"max_completion_tokens\":7,\"max_tokens\":9,\"messages\":[{\"role\":\"user\","
                        + "\"content\":\"hi\"}],\"thinking\":{\"type\":\"disabled\"},\"seed\":null}")) {
            client.send(Exchanges.request(server, body), BodyHandlers.ofString());
            clock.advance(SECOND);
        }
    }

    @Test
    void assertions_thatHold_goOn() {
        assertThat(server.assertRequests()
                        .hasCount(2)
                        .ask("a", "b")
                        .allMatch(
                                "name a limit",
                                request -> request.maxOutputTokens().isPresent())
                        .noneMatch("stream", RecordedRequest::stream)
                        .exactly(
                                1,
                                "offer functions",
                                request -> !request.functions().isEmpty())
                        .comeApart(SECOND)
                        .where(request -> request.model().equals("b"))
                        .hasCount(1)
                        .requests())
                .hasSize(1);
    }

    @Test
    void assertions_thatDoNotHold_nameTheRequestsAndNoContent() {
        RequestAssertions all = server.assertRequests();

        assertThatThrownBy(() -> all.hasCount(3))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("3 requests");
        assertThatThrownBy(() -> all.ask("b", "a")).hasMessageContaining("wanted in this order: [b, a]");
        assertThatThrownBy(() -> all.allMatch("stream", RecordedRequest::stream))
                .hasMessageContaining("do not stream, but 2 of 2 are: RecordedRequest[#1 POST")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(
                        () -> all.noneMatch("ask b", request -> request.model().equals("b")))
                .hasMessageContaining("1 of 2 are: RecordedRequest[#2");
        assertThatThrownBy(
                        () -> all.exactly(2, "ask b", request -> request.model().equals("b")))
                .hasMessageContaining("2 requests wanted that ask b");
        assertThatThrownBy(() -> all.comeApart(Duration.ofSeconds(2))).hasMessageContaining("only PT1S apart");
    }

    @Test
    void request_parts_canBeAskedFor() {
        RecordedRequest first = server.requests().get(0);
        RecordedRequest second = server.requests().get(1);

        assertThat(first.functions()).containsExactly("add");
        assertThat(first.maxOutputTokens()).hasValue(5);
        assertThat(first.promptTokens()).isEqualTo(2);
        assertThat(first.arrival()).isZero();
        assertThat(second.maxOutputTokens()).hasValue(7);
        assertThat(second.arrival()).isEqualTo(SECOND);
        assertThat(second.field("thinking.type")).contains("disabled");
        assertThat(second.field("messages.0.role")).contains("user");
        assertThat(second.field("messages.1.role")).isEmpty();
        assertThat(second.field("seed")).isEmpty();
        assertThat(second.field("model.x")).isEmpty();
    }
}

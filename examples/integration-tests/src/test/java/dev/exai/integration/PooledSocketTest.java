package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.ChatCall;
import dev.exai.error.UnavailableException;
import dev.exai.message.ChatRequest;
import dev.exai.session.Session;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pooled socket that proves dead is no failed attempt. */
@Timeout(60)
class PooledSocketTest {
    private static final CallOptions ONCE = CallOptions.builder().maxAttempts(1).build();
    private static final HttpScript RESET = HttpScript.after(Duration.ZERO).reset();

    @ParameterizedTest
    @EnumSource
    void serverLeavesAPooledSocketAsTheRequestComes_costsNoAttempt(Vendor vendor) throws Exception {
        try (FakeProviderServer server = vendor.server();
                Exai exai = Exai.builder(vendor.client(server)).build();
                Session session = exai.openSession("test")) {
            server.script(2, RESET);
            session.chat(ChatRequest.of("one"), ONCE).await();

            ChatCall call = session.chat(ChatRequest.of("two"), ONCE);

            assertThat(call.await().text()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(3);
            assertThat(server.connections()).isEqualTo(2);
            assertThat(call.timeline().toString()).doesNotContain("backing off").doesNotContain("attempt 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void serverLeavesTheNewSocketToo_failsTheAttempt(Vendor vendor) throws Exception {
        try (FakeProviderServer server = vendor.server();
                Exai exai = Exai.builder(vendor.client(server)).build();
                Session session = exai.openSession("test")) {
            server.script(2, RESET).script(3, RESET);
            session.chat(ChatRequest.of("one"), ONCE).await();

            ChatCall call = session.chat(ChatRequest.of("two"), ONCE);

            assertThatThrownBy(call::await).isInstanceOf(UnavailableException.class);
            assertThat(server.requests()).hasSize(3);
        }
    }
}

package dev.exai.examples.quickstart;

import dev.exai.Exai;
import dev.exai.call.ChatCall;
import dev.exai.message.ChatReply;
import dev.exai.message.ChatRequest;
import dev.exai.providers.glm.GlmProvider;
import dev.exai.session.Session;
import dev.exai.spi.ApiKey;
import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Asks a model one question: the real GLM or Kimi when the environment has a key for it, else a fake GLM on a loopback
 * socket.
 */
public final class Quickstart {
    private Quickstart() {}

    /**
     * Asks.
     *
     * @param args the question, or nothing for a greeting
     * @throws InterruptedException if the program is interrupted; the call is cancelled
     */
    public static void main(String[] args) throws InterruptedException {
        String question = args.length == 0 ? "Say hello in five words." : String.join(" ", args);
        if (hasKey(System.getenv())) {
            try (Exai exai = Exai.fromEnvironment(System.getenv()).build()) {
                System.out.println("A key is in the environment: asking for real, with " + exai);
                ask(exai, question);
            }
            return;
        }
        System.out.println("No key in the environment (GLM_API_KEY, KIMI_API_KEY, ...): asking a fake GLM server.");
        try (FakeProviderServer server = FakeProviderServer.glm();
                Exai exai = Exai.builder(GlmProvider.builder(ApiKey.of("no.key"))
                                .baseUrl(server.baseUrl().toString())
                                .build())
                        .build()) {
            server.script(HttpScript.reasoning("Five words.")
                    .after(Duration.ofMillis(50))
                    .text("Hello from a fake server!")
                    .complete());
            ask(exai, question);
        }
    }

    private static boolean hasKey(Map<String, String> environment) {
        return Stream.of("GLM_API_KEY", "ZAI_API_KEY", "ZHIPUAI_API_KEY", "KIMI_API_KEY", "MOONSHOT_API_KEY")
                .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
    }

    private static void ask(Exai exai, String question) throws InterruptedException {
        try (Session session = exai.openSession("quickstart")) {
            ChatCall call = session.chat(ChatRequest.of(question)); // started; call.cancel("...") works from here
            ChatReply reply = call.await(); // its permit is back before this returns
            System.out.println(reply.provider() + "/" + reply.model() + ": " + reply.text());
            System.out.println(call.timeline());
            System.out.println(exai.audit());
        }
    }
}

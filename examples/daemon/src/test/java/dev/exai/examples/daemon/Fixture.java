package dev.exai.examples.daemon;

import static org.awaitility.Awaitility.await;

import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.HttpScript;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A daemon that listens on a free port, over fake servers that speak like GLM and Kimi. */
final class Fixture implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final String HANG = "please hang";
    static final String GLM = "glm-4.7";
    static final String KIMI = "kimi-k2.6";

    final FakeProviderServer glm = FakeProviderServer.glm();
    final FakeProviderServer kimi = FakeProviderServer.kimi();
    final Daemon daemon;
    final Settings settings;

    Fixture(String... more) {
        HttpScript quick = HttpScript.text("hel").text("lo").complete();
        glm.script(quick).script(request -> request.promptText().contains(HANG), HttpScript.hang());
        kimi.script(quick).script(request -> request.promptText().contains(HANG), HttpScript.hang());
        Map<String, String> environment = new HashMap<>(Map.of(
                "GLM_API_KEY", "test.key",
                "GLM_BASE_URL", glm.baseUrl().toString(),
                "KIMI_API_KEY", "sk-test",
                "KIMI_BASE_URL", kimi.baseUrl().toString(),
                "EXAI_WS_PORT", "0",
                "EXAI_RUN_STORE", "memory",
                "EXAI_WS_PROGRESS_INTERVAL_SECS", "1"));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        settings = Settings.of(Map.of(), null, environment);
        daemon = Daemon.of(settings);
    }

    Fixture listen() throws Exception {
        daemon.listen();
        return this;
    }

    String url(String path) {
        return "http://127.0.0.1:" + daemon.port() + path;
    }

    /** Waits until nothing is held, and nothing waits, and no exchange is open at a provider. */
    boolean isIdle() throws InterruptedException {
        glm.awaitNoOpenExchanges(PATIENCE);
        kimi.awaitNoOpenExchanges(PATIENCE);
        // a provider may see an exchange aborted just before its permit is back
        await().atMost(PATIENCE).until(() -> daemon.exai().snapshot().isIdle());
        return daemon.exai().audit().problems().isEmpty();
    }

    @Override
    public void close() {
        daemon.close();
        glm.close();
        kimi.close();
    }
}

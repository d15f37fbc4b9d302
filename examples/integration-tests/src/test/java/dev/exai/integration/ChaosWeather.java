package dev.exai.integration;

import dev.exai.testkit.http.FakeProviderServer;
import dev.exai.testkit.http.Garbage;
import dev.exai.testkit.http.HttpScript;
import dev.exai.testkit.http.Refusal;
import java.time.Duration;
import java.util.List;

/** What a fake server does in chaos: half of the requests are answered well, the others in every bad way there is. */
final class ChaosWeather {
    private static final Duration SOON = Duration.ofMillis(3);

    private static final List<Refusal> REFUSALS = List.of(
            Refusal.CONCURRENCY,
            Refusal.REQUEST_RATE,
            Refusal.OVERLOADED,
            Refusal.QUOTA_EXHAUSTED,
            Refusal.BAD_PARAMETER,
            Refusal.SERVER_ERROR,
            Refusal.GATEWAY_TIMEOUT);

    private static final List<HttpScript> FAULTS = List.of(
            HttpScript.hang(),
            HttpScript.headers().hang(),
            HttpScript.text("once").hang(),
            HttpScript.text("once").keepAliveForEver(SOON),
            HttpScript.after(SOON).reset(),
            HttpScript.headers().reset(),
            HttpScript.text("once").reset(),
            HttpScript.text("once").halfClose(),
            HttpScript.text("once").endWithoutDone(),
            HttpScript.text("once").endEarly(),
            HttpScript.text("twice").completeTwice(),
            HttpScript.oversized(100_000),
            HttpScript.nonsense(),
            HttpScript.respond(502, "text/html", "<html>bad gateway</html>"),
            HttpScript.text("slow").complete().byteByByte(Duration.ofNanos(100_000)),
            HttpScript.after(SOON).texts(200, "drip ", SOON).complete());

    private ChaosWeather() {}

    /** {@return a running server} */
    static FakeProviderServer over(FakeProviderServer.Builder builder, long seed) {
        FakeProviderServer server = builder.start().seed(seed);
        double each = 0.025;
        FAULTS.forEach(fault -> server.sometimes(each, fault));
        for (Garbage garbage : Garbage.values()) {
            server.sometimes(each / 4, HttpScript.text("once").garbage(garbage).complete());
        }
        for (Refusal refusal : REFUSALS) {
            server.sometimes(each / 2, HttpScript.refuse(refusal).retryAfter(null));
            server.sometimes(each / 4, HttpScript.text("once").breakOff(refusal));
        }
        return server.script(
                HttpScript.after(SOON).reasoning("hm").texts(3, "well ", SOON).complete());
    }
}

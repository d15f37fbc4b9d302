package dev.exai.testkit.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Runs a {@link FakeProviderServer} from the command line, for clients in other languages.
 *
 * <p>Arguments: {@code glm}, {@code kimi} or {@code openai}, and optionally a port. Prints the base URL and serves
 * until the process is ended. A client chooses what happens by the request header {@code X-Fake-Script}: {@code hang},
 * {@code headers-then-hang}, {@code drip}, {@code keep-alive}, {@code reset}, {@code half-close}, {@code no-done},
 * {@code end-early}, {@code garbage}, {@code byte-by-byte}, {@code function} (until its result is sent back), or the name
 * of a {@link Refusal}, such as {@code concurrency}, which is {@code break-concurrency} if it shall happen in mid-stream.
 * Without the header the answer is "ok".
 */
public final class FakeProviderServerMain {
    private static final String HEADER = "X-Fake-Script";
    private static final String FUNCTION = "function";

    private FakeProviderServerMain() {}

    /**
     * Starts a server and keeps it running.
     *
     * @param args the wire format and optionally the port
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        try (FakeProviderServer server = start(args)) {
            System.out.println(server.baseUrl());
            new CountDownLatch(1).await();
        }
    }

    static FakeProviderServer start(String[] args) {
        if (args.length < 1 || args.length > 2) {
            throw new IllegalArgumentException("usage: glm|kimi|openai [port]");
        }
        int port = args.length == 2 ? Integer.parseInt(args[1]) : 0;
        FakeProviderServer server = FakeProviderServer.start(WireFormat.of(args[0]), port);
        scripts().forEach((name, script) -> server.script(request -> asks(request, name), script));
        return server;
    }

    /** A client that sends the result of a function gets an answer, not the same function again and again. */
    private static boolean asks(RecordedRequest request, String name) {
        return request.header(HEADER).filter(name::equals).isPresent()
                && !(name.equals(FUNCTION) && request.endsWithFunctionResult());
    }

    static Map<String, HttpScript> scripts() {
        Map<String, HttpScript> scripts = new LinkedHashMap<>();
        scripts.put("hang", HttpScript.hang());
        scripts.put("headers-then-hang", HttpScript.headers().hang());
        scripts.put(
                "drip",
                HttpScript.headers().texts(60, "x", Duration.ofSeconds(1)).complete());
        scripts.put("keep-alive", HttpScript.headers().keepAliveForEver(Duration.ofSeconds(1)));
        scripts.put("reset", HttpScript.text("par").reset());
        scripts.put("half-close", HttpScript.text("par").halfClose());
        scripts.put("no-done", HttpScript.text("ok").endWithoutDone());
        scripts.put("end-early", HttpScript.text("par").endEarly());
        scripts.put("garbage", HttpScript.text("par").garbage().complete());
        scripts.put("byte-by-byte", HttpScript.text("ok").complete().byteByByte(Duration.ZERO));
        scripts.put(
                FUNCTION,
                HttpScript.functionCall("call_1", "add", "{\"a\":2,\"b\":3}").complete());
        for (Refusal refusal : Refusal.values()) {
            String name = refusal.name().toLowerCase(Locale.ROOT).replace('_', '-');
            scripts.put(name, HttpScript.refuse(refusal));
            scripts.put("break-" + name, HttpScript.text("par").breakOff(refusal));
        }
        return scripts;
    }
}

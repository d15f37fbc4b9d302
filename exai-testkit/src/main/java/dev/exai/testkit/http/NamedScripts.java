package dev.exai.testkit.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Scripts by name, for the command line and for clients that choose one by a header. */
final class NamedScripts {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long MORE_THAN_A_CALL_MAY_HOLD = 20L * 1024 * 1024;

    private NamedScripts() {}

    static Map<String, HttpScript> of(WireFormat format) {
        Map<String, HttpScript> scripts = new LinkedHashMap<>();
        scripts.put("ok", HttpScript.text("ok").complete());
        scripts.put("empty", HttpScript.complete());
        scripts.put("reasoning-only", HttpScript.reasoning("hm").complete("length"));
        scripts.put(
                "function",
                HttpScript.functionCall("call_1", "add", "{\"a\":2,\"b\":3}").complete());
        scripts.put(
                "function-in-pieces",
                HttpScript.headers()
                        .functionCallInPieces("call_1", "add", "{\"a\":2,", "\"b\":3}")
                        .complete());
        scripts.put("byte-by-byte", HttpScript.text("ok").complete().byteByByte(Duration.ZERO));
        addSilence(scripts);
        addBrokenAnswers(scripts);
        for (Garbage kind : Garbage.values()) {
            scripts.put(
                    "garbage-" + nameOf(kind),
                    HttpScript.text("par").garbage(kind).complete());
        }
        for (Refusal refusal : Refusal.values()) {
            scripts.put(nameOf(refusal), HttpScript.refuse(refusal));
            scripts.put("break-" + nameOf(refusal), HttpScript.text("par").breakOff(refusal));
        }
        for (VendorError error : format.errors()) {
            scripts.put("error-" + error.name(), HttpScript.error(error.name()));
            scripts.put("break-error-" + error.name(), HttpScript.text("par").breakOffWith(error.name()));
        }
        return scripts;
    }

    private static void addSilence(Map<String, HttpScript> scripts) {
        scripts.put("hang", HttpScript.hang());
        scripts.put("headers-then-hang", HttpScript.headers().hang());
        scripts.put("hang-in-mid-stream", HttpScript.text("par").hang());
        scripts.put("drip", HttpScript.headers().texts(60, "x", SECOND).complete());
        scripts.put("keep-alive", HttpScript.headers().keepAliveForEver(SECOND));
    }

    private static void addBrokenAnswers(Map<String, HttpScript> scripts) {
        scripts.put("reset", HttpScript.text("par").reset());
        scripts.put("half-close", HttpScript.text("par").halfClose());
        scripts.put("no-done", HttpScript.text("ok").endWithoutDone());
        scripts.put("end-early", HttpScript.text("par").endEarly());
        scripts.put("complete-twice", HttpScript.text("ok").completeTwice());
        scripts.put("network-error", HttpScript.text("par").complete("network_error"));
        scripts.put("garbage", HttpScript.text("par").garbage().complete());
        scripts.put("nonsense", HttpScript.nonsense());
        scripts.put("oversized", HttpScript.oversized(MORE_THAN_A_CALL_MAY_HOLD));
        scripts.put(
                "storm-with-retry-after",
                HttpScript.refuse(Refusal.REQUEST_RATE).retryAfter(SECOND));
        scripts.put(
                "storm-with-retry-after-86400",
                HttpScript.refuse(Refusal.REQUEST_RATE).retryAfter(Duration.ofDays(1)));
        scripts.put(
                "storm-without-retry-after",
                HttpScript.refuse(Refusal.REQUEST_RATE).retryAfter(null));
    }

    private static String nameOf(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static HttpScript named(WireFormat format, String name) {
        HttpScript script = of(format).get(name);
        if (script == null) {
            throw new IllegalArgumentException("no script '" + name + "': --list shows those that there are");
        }
        return script;
    }
}

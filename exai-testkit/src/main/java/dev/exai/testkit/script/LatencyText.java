package dev.exai.testkit.script;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Latencies as text. */
final class LatencyText {
    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s|m|h)");
    private static final String USE =
            ": use 200ms, fixed:200ms, uniform:100ms,300ms, log-normal:5s,40s or measured:50=5s,99=170s";

    private LatencyText() {}

    static Latency parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? "fixed" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        String[] parts = text.substring(colon + 1).split(",", -1);
        return switch (kind) {
            case "fixed" -> Latency.fixed(one(parts, text));
            case "uniform" -> Latency.uniform(firstOfTwo(parts, text), time(parts[1], text));
            case "log-normal" -> Latency.logNormal(firstOfTwo(parts, text), time(parts[1], text));
            case "measured" -> measured(parts, text);
            default -> throw unknown(text);
        };
    }

    private static Latency measured(String[] parts, String text) {
        Map<Double, Duration> percentiles = new TreeMap<>();
        for (String part : parts) {
            String[] pair = part.split("=", -1);
            if (pair.length != 2 || !pair[0].strip().matches("\\d+(\\.\\d+)?")) {
                throw unknown(text);
            }
            percentiles.put(Double.valueOf(pair[0].strip()), time(pair[1], text));
        }
        return Latency.measured(percentiles);
    }

    private static Duration one(String[] parts, String text) {
        if (parts.length != 1) {
            throw unknown(text);
        }
        return time(parts[0], text);
    }

    private static Duration firstOfTwo(String[] parts, String text) {
        if (parts.length != 2) {
            throw unknown(text);
        }
        return time(parts[0], text);
    }

    private static Duration time(String part, String text) {
        Matcher time = TIME.matcher(part.strip().toLowerCase(Locale.ROOT));
        if (!time.matches()) {
            throw unknown(text);
        }
        long unit = switch (time.group(2)) {
            case "ns" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
        return Duration.ofNanos(
                new BigDecimal(time.group(1)).multiply(BigDecimal.valueOf(unit)).longValue());
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("no latency '" + text + "'" + USE);
    }

    static String of(Map<Double, Duration> percentiles) {
        return percentiles.entrySet().stream()
                .map(each -> plain(BigDecimal.valueOf(each.getKey())) + "=" + of(each.getValue()))
                .collect(Collectors.joining(","));
    }

    static String of(Duration time) {
        BigDecimal nanos = BigDecimal.valueOf(time.toNanos());
        if (time.compareTo(Duration.ofSeconds(1)) >= 0) {
            return plain(nanos.movePointLeft(9)) + "s";
        }
        return plain(nanos.movePointLeft(6)) + "ms";
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}

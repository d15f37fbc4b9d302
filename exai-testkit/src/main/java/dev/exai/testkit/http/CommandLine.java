package dev.exai.testkit.http;

import dev.exai.testkit.script.Latency;
import dev.exai.testkit.script.RateModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The arguments of {@link FakeProviderServerMain}, and the servers that they ask for. */
final class CommandLine {
    static final String USAGE = """
            usage: [options] glm|kimi|openai ... [port]
              --port N               the first server's port, the others' follow; any free ones by default
              --tls                  serve over TLS, with a certificate made for this run
              --certificate FILE     write the certificate there, for clients to trust
              --http2                speak HTTP/2 instead of HTTP/1.1
              --script NAME          what happens to requests that nothing else is said of
              --call N[-M]=NAME      what happens to one request, or to some in a row
              --model ID=NAME        what happens to requests to a model
              --sometimes CHANCE=NAME  what happens to some requests: 0.3=overloaded
              --first-event LATENCY  200ms, uniform:1s,3s, log-normal:5s,40s or measured:50=5s,99=170s
              --tokens N             how long answers are; with --first-event, 100 by default
              --rate N               how many tokens a second; 60 by default
              --in-flight N          how many are allowed in flight, as the provider counts them
              --rpm N  --tpm N  --tpd N  requests and tokens a minute, tokens a day
              --kimi-tier N          the limits of a Kimi account, 0 to 5
              --retry-after SECONDS|none  what refusals by limits say
              --key KEY              the one key that is accepted
              --models A,B           the models that there are
              --seed N               decides about latencies and what happens sometimes
              --connection N=FAULT   reset, close, stall or black-hole; N may be 'every'
              --ignore-stdin         go on when the standard input ends
              --list                 show the names of scripts
            A request chooses for itself by the header X-Fake-Script: NAME. Counts: GET /_fake/counts""";

    private static final String HEADER = "X-Fake-Script";

    private final List<WireFormat> formats = new ArrayList<>();
    private final List<UnaryOperator<RateModel>> limits = new ArrayList<>();
    private final List<Consumer<FakeProviderServer>> settings = new ArrayList<>();
    private @Nullable Path certificate;
    private @Nullable Latency firstEvent;
    private @Nullable RateModel account;
    private Optional<Integer> inFlight = Optional.empty();
    private int port;
    private int tokens;
    private double rate = 60;
    private boolean tls;
    private boolean http2;
    private boolean ignoresStdin;
    private boolean lists;

    static CommandLine parse(String... args) {
        CommandLine line = new CommandLine();
        Deque<String> rest = new ArrayDeque<>(List.of(args));
        while (!rest.isEmpty()) {
            String arg = rest.removeFirst();
            if (arg.startsWith("--")) {
                line.option(arg, rest);
            } else if (!line.formats.isEmpty() && rest.isEmpty() && arg.matches("\\d{1,5}")) {
                line.port = Integer.parseInt(arg);
            } else {
                line.formats.add(WireFormat.of(arg));
            }
        }
        if (line.formats.isEmpty() && !line.lists) {
            throw new IllegalArgumentException(USAGE);
        }
        return line;
    }

    private void option(String name, Deque<String> rest) {
        switch (name) {
            case "--tls" -> tls = true;
            case "--http2" -> http2 = true;
            case "--ignore-stdin" -> ignoresStdin = true;
            case "--list" -> lists = true;
            default -> option(name, valueOf(name, rest));
        }
    }

    private static String valueOf(String name, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException("no value for " + name + "\n" + USAGE);
        }
        return rest.removeFirst();
    }

    private void option(String name, String value) {
        switch (name) {
            case "--port" -> port = Integer.parseInt(value);
            case "--certificate" -> certificate = Path.of(value);
            case "--first-event" -> firstEvent = Latency.parse(value);
            case "--tokens" -> tokens = Integer.parseInt(value);
            case "--rate" -> rate = Double.parseDouble(value);
            case "--rpm" -> limits.add(model -> model.requestsPerMinute(Integer.parseInt(value)));
            case "--tpm" -> limits.add(model -> model.tokensPerMinute(Long.parseLong(value)));
            case "--tpd" -> limits.add(model -> model.tokensPerDay(Long.parseLong(value)));
            case "--kimi-tier" -> account = RateModel.kimiTier(Integer.parseInt(value));
            case "--retry-after" -> limits.add(model -> model.retryAfter(seconds(value)));
            case "--in-flight" -> inFlight = Optional.of(Integer.valueOf(value));
            case "--key" -> settings.add(server -> server.requireKey(value));
            case "--models" -> settings.add(server -> server.models(value.split(",", -1)));
            case "--seed" -> settings.add(server -> server.seed(Long.parseLong(value)));
            case "--script" -> settings.add(server -> server.script(named(server, value)));
            case "--call" -> pair(name, value, this::call);
            case "--model" ->
                pair(
                        name,
                        value,
                        (model, script) -> settings.add(server -> server.script(model, named(server, script))));
            case "--sometimes" ->
                pair(
                        name,
                        value,
                        (chance, script) -> settings.add(
                                server -> server.sometimes(Double.parseDouble(chance), named(server, script))));
            case "--connection" -> pair(name, value, this::connection);
            default -> throw new IllegalArgumentException("no option " + name + "\n" + USAGE);
        }
    }

    private interface Pair {
        void accept(String left, String right);
    }

    private static void pair(String name, String value, Pair use) {
        int equals = value.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("no " + name + " with an equals sign in it: " + value);
        }
        use.accept(value.substring(0, equals), value.substring(equals + 1));
    }

    private void call(String numbers, String script) {
        String[] ends = numbers.split("-", 2);
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[ends.length - 1]);
        settings.add(server -> server.script(first, last, named(server, script)));
    }

    private void connection(String number, String name) {
        ConnectionFault fault =
                ConnectionFault.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        settings.add(
                number.equals("every")
                        ? server -> server.everyConnection(fault)
                        : server -> server.connection(Integer.parseInt(number), fault));
    }

    private static @Nullable Duration seconds(String value) {
        return value.equals("none") ? null : Duration.ofSeconds(Long.parseLong(value));
    }

    private static HttpScript named(FakeProviderServer server, String name) {
        return NamedScripts.named(server.format(), name);
    }

    boolean ignoresStdin() {
        return ignoresStdin;
    }

    boolean lists() {
        return lists;
    }

    /** {@return the names of scripts: of all formats, or of those that were named} */
    List<String> names() {
        List<WireFormat> those = formats.isEmpty() ? List.of(WireFormat.values()) : formats;
        return those.stream()
                .flatMap(format -> NamedScripts.of(format).keySet().stream())
                .distinct()
                .toList();
    }

    /** {@return the running servers, in the order in which they were named; none runs if one of them cannot} */
    List<FakeProviderServer> start() {
        List<FakeProviderServer> servers = new ArrayList<>();
        try {
            for (WireFormat format : formats) {
                servers.add(start(format, port == 0 ? 0 : port + servers.size()));
            }
            writeCertificates(servers);
            return servers;
        } catch (RuntimeException e) {
            servers.forEach(FakeProviderServer::close);
            throw e;
        }
    }

    private FakeProviderServer start(WireFormat format, int itsPort) {
        FakeProviderServer.Builder builder = FakeProviderServer.builder(format).port(itsPort);
        if (tls) {
            builder.tls();
        }
        if (http2) {
            builder.http2();
        }
        FakeProviderServer server = builder.start();
        try {
            set(server);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** A client that sends the result of a function gets an answer, not the same function again and again. */
    private static boolean asks(RecordedRequest request, String name) {
        return request.header(HEADER).filter(name::equals).isPresent()
                && !(name.startsWith("function") && request.endsWithFunctionResult());
    }

    private void set(FakeProviderServer server) {
        NamedScripts.of(server.format())
                .forEach((name, script) -> server.script(request -> asks(request, name), script));
        if (firstEvent != null || tokens > 0) {
            server.script(HttpScript.after(firstEvent == null ? Latency.none() : firstEvent)
                    .tokens(tokens > 0 ? tokens : 100, rate)
                    .complete());
        }
        RateModel model = baseOf(server.format());
        for (UnaryOperator<RateModel> limit : limits) {
            model = limit.apply(model);
        }
        server.rates(model);
        settings.forEach(setting -> setting.accept(server));
    }

    private RateModel baseOf(WireFormat format) {
        RateModel base = account;
        if (base != null) {
            return inFlight.isPresent() ? base.inFlight(inFlight.get()) : base;
        }
        return inFlight.map(format.dialect()::inFlight).orElse(RateModel.unlimited());
    }

    private void writeCertificates(List<FakeProviderServer> servers) {
        if (certificate == null) {
            return;
        }
        StringBuilder all = new StringBuilder();
        servers.forEach(server -> server.certificate().ifPresent(each -> all.append(each.pem())));
        try {
            Files.writeString(certificate, all);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + certificate, e);
        }
    }
}

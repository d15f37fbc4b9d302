package dev.exai.examples.daemon;

import dev.exai.context.SystemScheduler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line: {@code java -jar exai-daemon.jar [--port N | --stdio | --check] [--config FILE]}. */
@Command(
        name = "exai-daemon",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Shares GLM and Kimi among agents, over MCP (/mcp, --stdio) and WebSocket (/ws).",
        footer = "Everything else is set in the environment or the file: see --check and docs/configuration.md.")
public final class Main implements Callable<Integer> {
    @Option(names = "--port", paramLabel = "N", description = "port to listen on; 0 takes any that is free")
    private @Nullable Integer port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "address to listen on; any but loopback needs a token")
    private @Nullable String host;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "a properties file, with the names of the environment")
    private @Nullable Path config;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "where the lock files and the runs are; ~/.exai by default")
    private @Nullable Path stateDir;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "the folder whose files runs may read; none by default")
    private @Nullable Path folder;

    @Option(names = "--stdio", description = "serve one MCP client over stdin and stdout instead of listening")
    private boolean stdio;

    @Option(
            names = "--check",
            description = "print the settings in force, where each came from, and warnings; then end")
    private boolean check;

    /** From the end of the input to the end of the process, at most; what is in order takes some milliseconds. */
    static final Duration STDIO_EXIT_LIMIT = Duration.ofMillis(1_800);

    private Main() {}

    /**
     * Runs the daemon until it is told to stop.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        int code = new CommandLine(new Main()).execute(args);
        System.exit(code);
    }

    @Override
    public Integer call() throws Exception {
        Settings settings;
        try {
            settings = Settings.of(flags(), config, System.getenv());
        } catch (IllegalArgumentException wrong) {
            System.err.println("exai-daemon: " + wrong.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        Logs.configure(settings);
        if (check) {
            return check(settings);
        }
        OutputStream protocol = new FileOutputStream(FileDescriptor.out);
        if (stdio) {
            System.setOut(System.err); // whatever prints by mistake must not get into the protocol
        }
        Daemon daemon;
        try {
            daemon = stdio ? Daemon.forOneClient(settings) : Daemon.of(settings);
        } catch (IllegalArgumentException wrong) {
            System.err.println("exai-daemon: " + wrong.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        Duration drain = settings.seconds(Setting.DRAIN);
        return stdio ? serve(daemon, System.in, protocol) : listen(daemon, drain);
    }

    private Map<Setting, String> flags() {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        if (port != null) {
            flags.put(Setting.PORT, Integer.toString(port));
        }
        if (host != null) {
            flags.put(Setting.HOST, host);
        }
        if (stateDir != null) {
            flags.put(Setting.STATE_DIR, stateDir.toString());
        }
        if (folder != null) {
            flags.put(Setting.FOLDER, folder.toString());
        }
        return flags;
    }

    private static int check(Settings settings) {
        PrintStream out = System.out;
        out.print(settings.describe());
        try (Daemon daemon = Daemon.withoutStore(settings)) {
            out.println("permits: " + daemon.exai().limits());
            settings.warnings().forEach(warning -> out.println("warning: " + warning));
            if (daemon.usesFakes()) {
                out.println("warning: no key is set: answers would come from built-in fake providers");
            }
        } catch (IllegalArgumentException wrong) {
            System.err.println("exai-daemon: " + wrong.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        return CommandLine.ExitCode.OK;
    }

    private static int serve(Daemon daemon, InputStream input, OutputStream output) throws Exception {
        ExitLimit limit = new ExitLimit(SystemScheduler.create("exai-exit"), STDIO_EXIT_LIMIT, () -> {
            System.err.println("exai-daemon: cut short " + STDIO_EXIT_LIMIT.toMillis() + " ms after its input ended");
            Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
        });
        try (daemon) {
            daemon.serve(limit.watch(input), output);
        }
        System.err.println("exai-daemon: stopped " + limit.sinceEnd().toMillis() + " ms after its input ended");
        return CommandLine.ExitCode.OK;
    }

    private static int listen(Daemon daemon, Duration drain) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try {
            daemon.listen();
        } catch (IllegalStateException | java.io.IOException cannot) {
            System.err.println("exai-daemon: cannot listen: " + cannot.getMessage());
            daemon.close();
            return CommandLine.ExitCode.SOFTWARE;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> daemon.stop(drain), "exai-shutdown"));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        out.println("exai-daemon listening on http://127.0.0.1:" + daemon.port());
        never.await(); // until a signal
        return CommandLine.ExitCode.OK;
    }

    /** Says the version that the jar was built as. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"exai-daemon " + Daemon.version()};
        }
    }
}

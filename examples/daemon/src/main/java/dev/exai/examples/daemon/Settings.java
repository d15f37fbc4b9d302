package dev.exai.examples.daemon;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon runs with, and where each value came from: a flag, else the environment, else the file, else the
 * default. Immutable.
 */
public final class Settings {
    private static final List<String> OTHERS = List.of("_API_KEY", "_BASE_URL", "_TIMEOUT_SECS");
    private static final int MOST = Integer.MAX_VALUE;
    private static final Pattern MODEL_LIMIT = Pattern.compile("([^/=\\s]+/[^=\\s]+)=([1-9][0-9]{0,3})");

    /** Where a value came from. */
    enum Source {
        DEFAULT,
        FILE,
        ENVIRONMENT,
        FLAG
    }

    private record Value(String text, Source source) {}

    private final Map<String, Value> values = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    private Settings() {}

    /**
     * {@return the settings of a process}
     *
     * @param flags values by setting, from the command line
     * @param file a properties file, or null
     * @param environment the process's environment
     * @throws IllegalArgumentException if something makes no sense; the message names it and what is allowed
     */
    public static Settings of(Map<Setting, String> flags, @Nullable Path file, Map<String, String> environment) {
        Settings settings = new Settings();
        for (Setting each : Setting.values()) {
            settings.values.put(each.key(), new Value(each.fallback(), Source.DEFAULT));
        }
        if (file != null) {
            settings.readFile(file);
        }
        environment.forEach((key, value) -> {
            if (isKnown(key) && !value.isBlank()) {
                settings.values.put(key, new Value(value.strip(), Source.ENVIRONMENT));
            } else if (key.startsWith("EXAI_WS_")) {
                settings.warnings.add(key + " is in the environment, but nothing reads it");
            }
        });
        flags.forEach((setting, value) -> settings.values.put(setting.key(), new Value(value, Source.FLAG)));
        settings.check();
        return settings;
    }

    private static boolean isKnown(String key) {
        return Setting.of(key).isPresent() || OTHERS.stream().anyMatch(key::endsWith);
    }

    private void readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
        }
        for (String key : properties.stringPropertyNames()) {
            if (!isKnown(key)) {
                warnings.add(key + " in " + file + " is not known, and is not read");
            } else if (!properties.getProperty(key).isBlank()) {
                values.put(key, new Value(properties.getProperty(key).strip(), Source.FILE));
                if (isSecret(key) && othersMayRead(file)) {
                    warnings.add(key + " is in " + file + ", which others on this machine may read: chmod 600 it");
                }
            }
        }
    }

    private static boolean othersMayRead(Path file) {
        try {
            Set<PosixFilePermission> all = Files.getPosixFilePermissions(file);
            return all.contains(PosixFilePermission.OTHERS_READ) || all.contains(PosixFilePermission.GROUP_READ);
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    private void check() {
        number(Setting.PORT, 0, 65_535);
        for (Setting each : List.of(
                Setting.CALL_TIMEOUT,
                Setting.RUN_TIMEOUT,
                Setting.MAX_CONNECTIONS,
                Setting.MAX_SESSIONS,
                Setting.SESSION_IDLE,
                Setting.CONNECTION_IDLE,
                Setting.HEADER_TIME,
                Setting.HELLO_TIMEOUT)) {
            number(each, 1, 10_000_000);
        }
        number(Setting.MAX_BYTES, 1024, MOST);
        number(Setting.PROGRESS, 1, 15);
        number(Setting.DRAIN, 0, 3600);
        oneOf(Setting.RUN_STORE, "sqlite", "memory");
        modelLimits();
        oneOf(Setting.LOG_FORMAT, "text", "json");
        oneOf(Setting.LOG_LEVEL, "ERROR", "WARN", "INFO", "DEBUG");
        if (!isLoopback() && token().isEmpty()) {
            throw new IllegalArgumentException(Setting.HOST.key() + "='" + text(Setting.HOST)
                    + "' lets others connect: set " + Setting.TOKEN.key() + " too, or listen on 127.0.0.1");
        }
        token().filter(token -> token.length() < 16)
                .ifPresent(token -> warnings.add(Setting.TOKEN.key() + " is short: use 16 characters or more"));
    }

    private void oneOf(Setting setting, String... allowed) {
        if (!List.of(allowed).contains(text(setting))) {
            throw new IllegalArgumentException(
                    setting.key() + "='" + text(setting) + "': allowed is " + String.join(", ", allowed));
        }
    }

    private int number(Setting setting, int least, int most) {
        try {
            int value = Integer.parseInt(text(setting));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // refused below, as a number out of range is
        }
        throw new IllegalArgumentException(
                setting.key() + "='" + text(setting) + "': allowed is a whole number from " + least + " to " + most);
    }

    /**
     * {@return a setting's value as it was given}
     *
     * @param setting the setting
     */
    public String text(Setting setting) {
        Value value = values.get(setting.key());
        return value == null ? setting.fallback() : value.text();
    }

    /**
     * {@return whether nobody has set it}
     *
     * @param setting the setting
     */
    boolean isDefault(Setting setting) {
        Value value = values.get(setting.key());
        return value == null || value.source() == Source.DEFAULT;
    }

    /**
     * {@return a setting that is a number}
     *
     * @param setting the setting
     */
    public int number(Setting setting) {
        return number(setting, 0, MOST);
    }

    /**
     * {@return a setting that is a number of seconds}
     *
     * @param setting the setting
     */
    public Duration seconds(Setting setting) {
        return Duration.ofSeconds(number(setting));
    }

    /** {@return what clients must show, if anything} */
    public Optional<String> token() {
        return Optional.of(text(Setting.TOKEN)).filter(token -> !token.isBlank());
    }

    /** {@return whether only this machine can connect} */
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(text(Setting.HOST)).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    Setting.HOST.key() + "='" + text(Setting.HOST) + "': no such address", e);
        }
    }

    /** {@return more values of the Host header that are accepted, in lower case} */
    public List<String> allowedHosts() {
        return list(Setting.ALLOWED_HOSTS).stream()
                .map(host -> host.toLowerCase(Locale.ROOT))
                .toList();
    }

    private List<String> list(Setting setting) {
        return Arrays.stream(text(setting).split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    /** {@return how many calls may be in flight at single models, by provider/model} */
    public Map<String, Integer> modelLimits() {
        Map<String, Integer> limits = new TreeMap<>();
        for (String each : list(Setting.MODELS)) {
            Matcher limit = MODEL_LIMIT.matcher(each);
            if (!limit.matches()) {
                throw new IllegalArgumentException(Setting.MODELS.key() + "='" + text(Setting.MODELS)
                        + "': allowed is provider/model=N, with commas, N from 1 to 9999");
            }
            limits.put(limit.group(1), Integer.parseInt(limit.group(2)));
        }
        return limits;
    }

    /** {@return the folder whose files runs may read, if there is one} */
    public Optional<Path> folder() {
        return Optional.of(text(Setting.FOLDER)).filter(text -> !text.isBlank()).map(Path::of);
    }

    /** {@return where the lock files and the runs are} */
    public Path stateDir() {
        String given = text(Setting.STATE_DIR);
        return given.isBlank() ? Path.of(System.getProperty("user.home"), ".exai") : Path.of(given);
    }

    /** {@return everything under the names of the environment, for what reads one} Not what is empty. */
    public Map<String, String> asEnvironment() {
        Map<String, String> all = new TreeMap<>();
        values.forEach((key, value) -> {
            if (!value.text().isBlank()) {
                all.put(key, value.text());
            }
        });
        return all;
    }

    /** {@return what is odd but no mistake} */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** {@return each value with its source, a line each; secrets as "set"} */
    public String describe() {
        StringBuilder lines = new StringBuilder();
        values.forEach((key, value) -> lines.append(String.format(
                "%-32s %-24s %-12s %s%n",
                key,
                isSecret(key) && !value.text().isBlank()
                        ? "(set, not shown)"
                        : value.text().isBlank() ? "-" : shown(value.text()),
                value.source().name().toLowerCase(Locale.ROOT),
                Setting.of(key).map(Setting::what).orElse(""))));
        return lines.toString();
    }

    /** A URL's user and password are nobody's business. */
    private static String shown(String text) {
        return text.replaceAll("//[^/@]*@", "//(hidden)@");
    }

    private static boolean isSecret(String key) {
        return key.endsWith("_API_KEY") || key.equals(Setting.TOKEN.key());
    }

    @Override
    public String toString() {
        return "Settings" + values.keySet();
    }
}

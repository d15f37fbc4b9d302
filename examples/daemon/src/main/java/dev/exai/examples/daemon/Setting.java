package dev.exai.examples.daemon;

import java.util.Arrays;
import java.util.Optional;

/**
 * What can be set, under one name everywhere: in a properties file, in the environment, and by a flag where there is one.
 */
public enum Setting {
    PORT("EXAI_WS_PORT", "8079", "port to listen on; 0 takes any that is free"),
    HOST("EXAI_WS_HOST", "127.0.0.1", "address to listen on; any but loopback needs a token"),
    ALLOWED_HOSTS("EXAI_WS_ALLOWED_HOSTS", "", "more values of the Host header to accept, as host:port, with commas"),
    TOKEN("EXAI_WS_TOKEN", "", "what clients must show; needed unless only loopback can connect"),
    STATE_DIR("EXAI_STATE_DIR", "", "where the lock files and the runs are; ~/.exai by default"),
    FOLDER("EXAI_FOLDER", "", "the folder whose files runs may read; without it they work on what the prompt carries"),
    RUN_STORE("EXAI_RUN_STORE", "sqlite", "sqlite or memory: whether runs are kept in the file runs.db, or not at all"),
    RUN_TIMEOUT("EXAI_RUN_TIMEOUT_SECS", "3600", "seconds that a run may take in all"),
    GLOBAL("EXAI_WS_GLOBAL_MAX_INFLIGHT", "", "calls in flight at once in all; 8 or the sum of the providers"),
    GLM("EXAI_WS_GLM_MAX_INFLIGHT", "3", "calls in flight at once at GLM"),
    KIMI("EXAI_WS_KIMI_MAX_INFLIGHT", "3", "calls in flight at once at Kimi"),
    MODELS("EXAI_WS_MODEL_MAX_INFLIGHT", "", "calls in flight at once at single models: provider/model=N, with commas"),
    SESSION("EXAI_WS_SESSION_MAX_INFLIGHT", "4", "calls in flight at once of one session"),
    CALL_TIMEOUT("EXAI_CALL_TIMEOUT_SECS", "1200", "seconds that a call may take in all, queue and retries included"),
    MAX_BYTES("EXAI_WS_MAX_BYTES", "10485760", "bytes that a request body or a frame may have"),
    MAX_CONNECTIONS("EXAI_WS_MAX_CONNECTIONS", "500", "connections that may be open at once"),
    MAX_SESSIONS("EXAI_WS_MAX_SESSIONS", "100", "sessions that may be open at once, MCP and WebSocket together"),
    SESSION_IDLE("EXAI_SESSION_TIMEOUT_SECS", "3600", "seconds after which an idle session expires"),
    CONNECTION_IDLE("EXAI_WS_IDLE_TIMEOUT_SECS", "60", "seconds after which a silent HTTP connection is closed"),
    HEADER_TIME("EXAI_WS_HEADER_TIMEOUT_SECS", "10", "seconds that a request's header may take"),
    HELLO_TIMEOUT("EXAI_WS_HELLO_TIMEOUT", "15", "seconds that a WebSocket client has to say hello"),
    PROGRESS("EXAI_WS_PROGRESS_INTERVAL_SECS", "8", "seconds between two progress messages of a call, at most 15"),
    DRAIN("EXAI_DRAIN_SECS", "20", "seconds that calls under way are given when the daemon stops"),
    LOG_FORMAT("EXAI_LOG_FORMAT", "text", "text or json"),
    LOG_LEVEL("LOG_LEVEL", "INFO", "ERROR, WARN, INFO or DEBUG");

    private final String key;
    private final String fallback;
    private final String what;

    Setting(String key, String fallback, String what) {
        this.key = key;
        this.fallback = fallback;
        this.what = what;
    }

    /** {@return its name in the environment and in files} */
    public String key() {
        return key;
    }

    String fallback() {
        return fallback;
    }

    String what() {
        return what;
    }

    static Optional<Setting> of(String key) {
        return Arrays.stream(values()).filter(each -> each.key.equals(key)).findFirst();
    }
}

package dev.exai.examples.daemon.tool;

import dev.exai.Exai;
import dev.exai.error.OverloadedException;
import dev.exai.session.Session;
import java.time.Duration;
import java.util.Objects;

/** Opens a session for each client, and no more than there may be. Safe for use by many threads. */
public final class Sessions {
    private static final int LONGEST_NAME = 40;
    private static final Duration COME_BACK = Duration.ofSeconds(30);

    private final Exai exai;
    private final int most;

    /**
     * Creates it.
     *
     * @param exai where they are opened
     * @param most how many may be open at once
     */
    public Sessions(Exai exai, int most) {
        this.exai = Objects.requireNonNull(exai, "exai");
        this.most = most;
    }

    /**
     * Opens a session.
     *
     * @param protocol how the client came
     * @param client what the client calls itself; what is no plain name is left out
     * @return the session, to be closed when the client is gone
     * @throws OverloadedException if too many are open
     */
    public synchronized Session open(String protocol, String client) {
        int open = exai.sessions().size();
        if (open >= most) {
            throw new OverloadedException(open + " sessions are open, the most that may be", COME_BACK);
        }
        String name = client.replaceAll("[^A-Za-z0-9._-]", "");
        return exai.openSession(
                name.isEmpty() ? protocol : protocol + ":" + name.substring(0, Math.min(LONGEST_NAME, name.length())));
    }
}

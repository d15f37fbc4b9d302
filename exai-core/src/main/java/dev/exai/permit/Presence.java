package dev.exai.permit;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions are there: how many are in use, and which open one was active last. Guarded by the pool's lock.
 *
 * <p>Asked for at a limit of two only, where a unit is kept for others just while there is somebody to keep it for.
 */
final class Presence {
    private int inUse;

    /** Whether a unit is kept somewhere only as long as there is another session to keep it for. */
    private boolean matters;

    /** The head of the list of open sessions, in the order in which they were last active; kept while that matters. */
    private @Nullable SessionState latest;

    /** Takes over what has changed of a session. */
    void changed(SessionState session) {
        boolean counts = !session.closed && session.isInUse();
        if (counts != session.countedInUse) {
            session.countedInUse = counts;
            inUse += counts ? 1 : -1;
        }
    }

    /** Notes that a session is active now. */
    void active(SessionState session, long now) {
        session.lastActiveNanos = now;
        if (matters && session.open && session != latest) {
            remove(session);
            toFront(session);
        }
    }

    private void toFront(SessionState session) {
        session.lessRecent = latest;
        if (latest != null) {
            latest.moreRecent = session;
        }
        latest = session;
    }

    /** {@return whether a unit is kept somewhere only as long as there is another session to keep it for} */
    boolean matters() {
        return matters;
    }

    /** Keeps the order of the open sessions from now on, or no longer. */
    void matters(boolean value, Collection<SessionState> sessions) {
        if (value == matters) {
            return;
        }
        matters = value;
        latest = null;
        for (SessionState session : sessions) {
            session.lessRecent = null;
            session.moreRecent = null;
        }
        if (value) {
            sessions.stream()
                    .filter(session -> session.open)
                    .sorted((a, b) -> Long.signum(a.lastActiveNanos - b.lastActiveNanos))
                    .forEach(this::toFront);
        }
    }

    /** Takes a session out that is no longer open, or forgotten. */
    void remove(SessionState session) {
        if (session.lessRecent != null) {
            session.lessRecent.moreRecent = session.moreRecent;
        }
        if (session.moreRecent != null) {
            session.moreRecent.lessRecent = session.lessRecent;
        } else if (latest == session) {
            latest = session.lessRecent;
        }
        session.lessRecent = null;
        session.moreRecent = null;
    }

    /** {@return whether a session other than this one waits or holds} */
    boolean isAnotherInUse(SessionState session) {
        return inUse > (session.countedInUse ? 1 : 0);
    }

    /** {@return the open session, other than this one, that was active last} */
    @Nullable
    SessionState latestBut(SessionState session) {
        return latest == session ? session.lessRecent : latest;
    }
}

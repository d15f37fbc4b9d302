package dev.exai.permit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a provider takes in a span of time, and what of that was taken. Guarded by the pool's lock. */
final class Rates {
    private final List<RateWindow> windows = new ArrayList<>(0);
    private RateBudget.Charge charge = RateBudget.Charge.RESERVED;

    /** Puts another budget in force. Windows that stay keep what was taken from them. */
    void configure(@Nullable RateBudget budget) {
        if (budget == null) {
            windows.clear();
            return;
        }
        charge = budget.charge();
        windows.removeIf(known -> budget.windows().stream().noneMatch(known::isFor));
        for (RateBudget.Window wanted : budget.windows()) {
            RateWindow window = windows.stream()
                    .filter(known -> known.isFor(wanted))
                    .findFirst()
                    .orElse(null);
            if (window == null) {
                windows.add(new RateWindow(wanted));
            } else {
                window.limit(wanted.limit());
            }
        }
    }

    boolean isEmpty() {
        return windows.isEmpty();
    }

    /** {@return whether a request that asks for as little as there is could be let in} */
    boolean hasRoom(long now) {
        for (int i = 0; i < windows.size(); i++) {
            if (windows.get(i).room(now) < 1) {
                return false;
            }
        }
        return true;
    }

    boolean fits(Entry entry, long now) {
        for (int i = 0; i < windows.size(); i++) {
            RateWindow window = windows.get(i);
            if (window.room(now) < needed(window, entry)) {
                return false;
            }
        }
        return true;
    }

    /** {@return when it will fit, if nothing else is taken before} */
    long readyAtNanos(Entry entry, long now) {
        long at = now;
        for (RateWindow window : windows) {
            long ready = window.readyAtNanos(needed(window, entry), now);
            at = ready - at > 0 ? ready : at;
        }
        return at;
    }

    /** {@return when one that asks for as little as there is will fit} */
    long roomAtNanos(long now) {
        long at = now;
        for (RateWindow window : windows) {
            long ready = window.readyAtNanos(1, now);
            at = ready - at > 0 ? ready : at;
        }
        return at;
    }

    void take(Entry entry, long now) {
        for (int i = 0; i < windows.size(); i++) {
            RateWindow window = windows.get(i);
            window.take(amount(window, entry), now);
        }
    }

    /** Gives back what a grant took that its owner has never heard of. */
    void refund(Entry entry) {
        for (RateWindow window : windows) {
            window.giveBack(taken(window, entry), entry.sinceNanos);
        }
    }

    /** Charges what was used in the end in place of what was asked for, where the provider does. */
    void settle(Entry entry, long tokens, long now) {
        if (charge == RateBudget.Charge.RESERVED || !entry.settle()) {
            return;
        }
        for (RateWindow window : windows) {
            if (window.kind == RateBudget.Kind.TOKENS) {
                long asked = taken(window, entry);
                if (tokens < asked) {
                    window.giveBack(asked - tokens, entry.sinceNanos);
                } else {
                    window.take(tokens - asked, now);
                }
            }
        }
    }

    /** What must be free: where nothing is left nobody is let in, not even who asks for nothing. */
    private static long needed(RateWindow window, Entry entry) {
        return Math.max(1, amount(window, entry));
    }

    private static long amount(RateWindow window, Entry entry) {
        return window.kind == RateBudget.Kind.REQUESTS ? 1 : Math.min(entry.tokens(), window.limit());
    }

    /** What was taken for it, as far as that is sure: a limit that was changed since says less of it. */
    private static long taken(RateWindow window, Entry entry) {
        return window.kind == RateBudget.Kind.REQUESTS ? 1 : window.surelyTaken(entry.tokens());
    }

    /** {@return which windows do not equal what a recount of them says} */
    List<String> problems() {
        List<String> problems = new ArrayList<>(0);
        for (RateWindow window : windows) {
            if (window.used() != window.recount()) {
                problems.add(window.kind + ": counted " + window.used() + ", found " + window.recount());
            }
        }
        return problems;
    }
}

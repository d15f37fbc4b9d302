package dev.exai.testkit.storm;

import dev.exai.context.CallId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The first thing that was found wrong. It is kept until the simulation asks for it, because whoever finds it is often
 * inside a callback whose exceptions the library catches.
 */
final class Findings {
    private final List<String> secrets = new CopyOnWriteArrayList<>();
    private @Nullable InvariantBroken first;

    void broken(String invariant, @Nullable CallId call, String what) {
        if (first == null) {
            first = new InvariantBroken(invariant, call == null ? null : call.value(), what);
        }
    }

    void rethrow() {
        if (first != null) {
            throw first;
        }
    }

    void addSecret(String secret) {
        secrets.add(secret);
    }

    boolean hasSecrets() {
        return !secrets.isEmpty();
    }

    /** I11: looks for secrets in what the library says. */
    void checkText(@Nullable CallId call, String where, @Nullable String text) {
        if (text == null) {
            return;
        }
        for (String secret : secrets) {
            if (text.contains(secret)) {
                broken("I11", call, "content or a secret stands in " + where);
            }
        }
    }
}

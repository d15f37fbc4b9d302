package dev.exai.model;

import dev.exai.error.ExaiException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a request is answered as it is: the candidates in order, what was dropped, and where the answer comes from. Immutable. */
public final class Explanation {
    /** Where an answer comes from. */
    public enum Source {
        /** The request names a model or a line of models: looked up, nothing is cached. */
        LOOKED_UP,
        /** The cache has it, fresh. */
        FRESH,
        /** The cache has it, and will serve it while a newer one is made. */
        STALE,
        /** The cache has only a failure, which is served until it is tried again. */
        FAILED,
        /** The cache has nothing: who asks waits for the selector. */
        MISSING
    }

    private final ModelRequest request;
    private final Source source;
    private final @Nullable Duration age;
    private final boolean loading;
    private final List<Verdict> verdicts;
    private final List<String> notes;
    private final @Nullable ExaiException failure;

    Explanation(
            ModelRequest request,
            Source source,
            @Nullable Duration age,
            boolean loading,
            List<Verdict> verdicts,
            List<String> notes,
            @Nullable ExaiException failure) {
        this.request = Objects.requireNonNull(request, "request");
        this.source = Objects.requireNonNull(source, "source");
        this.age = age;
        this.loading = loading;
        this.verdicts = List.copyOf(verdicts);
        this.notes = List.copyOf(notes);
        this.failure = failure;
    }

    /** {@return what is asked} */
    public ModelRequest request() {
        return request;
    }

    /** {@return where the answer comes from} */
    public Source source() {
        return source;
    }

    /** {@return how old what the cache has is, if it has anything} */
    public Optional<Duration> age() {
        return Optional.ofNullable(age);
    }

    /** {@return whether the selector is being asked right now} */
    public boolean isLoading() {
        return loading;
    }

    /** {@return the candidates in order, then what was dropped; empty if nothing is known yet} */
    public List<Verdict> verdicts() {
        return verdicts;
    }

    /** {@return what a caller should know} */
    public List<String> notes() {
        return notes;
    }

    /** {@return what the selector failed with the last time, if it did} */
    public Optional<ExaiException> failure() {
        return Optional.ofNullable(failure);
    }

    /** {@return all of this for people to read, a line for each model} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(request.toString())
                .append(": ")
                .append(source.toString().toLowerCase(Locale.ROOT).replace('_', ' '));
        if (age != null) {
            text.append(", ").append(age.toSeconds()).append(" s old");
        }
        text.append(loading ? ", the selector is being asked" : "");
        if (failure != null) {
            text.append("\n  failed: ").append(failure.summary());
        }
        int place = 1;
        for (Verdict each : verdicts) {
            text.append("\n  ").append(each.isKept() ? place++ + ". " : "").append(each);
        }
        notes.forEach(note -> text.append("\n  note: ").append(note));
        return text.toString();
    }
}

package dev.exai.message;

import java.util.List;
import java.util.Objects;

/** Which model was asked for, which one was asked, and why. Immutable; shows no content. */
public final class ModelChoice {
    private static final ModelChoice NOT_TOLD = new ModelChoice("", "", "", List.of());

    private final String wanted;
    private final String asked;
    private final String why;
    private final List<String> notes;

    private ModelChoice(String wanted, String asked, String why, List<String> notes) {
        this.wanted = Objects.requireNonNull(wanted, "wanted");
        this.asked = Objects.requireNonNull(asked, "asked");
        this.why = Objects.requireNonNull(why, "why");
        this.notes = List.copyOf(notes);
    }

    /**
     * {@return a choice}
     *
     * @param wanted what the caller asked for: {@code auto}, a name
     * @param asked the model that was asked, as {@code provider/id}
     * @param why why that one, in a few words
     * @param notes what the caller should know, each a sentence: that the model is retired, that another one failed first
     */
    public static ModelChoice of(String wanted, String asked, String why, List<String> notes) {
        return new ModelChoice(wanted, asked, why, notes);
    }

    /** {@return the choice of a reply that was made without one, as in tests} */
    public static ModelChoice notTold() {
        return NOT_TOLD;
    }

    /** {@return what the caller asked for: {@code auto}, a name; empty if that was not told} */
    public String wanted() {
        return wanted;
    }

    /**
     * {@return the model that was asked, as {@code provider/id}} A provider may have answered with another one:
     * {@link ChatReply#model()} is what it says itself.
     */
    public String asked() {
        return asked;
    }

    /** {@return why that one, in a few words} */
    public String why() {
        return why;
    }

    /** {@return what the caller should know, each a sentence; empty if nothing} */
    public List<String> notes() {
        return notes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ModelChoice that
                && wanted.equals(that.wanted)
                && asked.equals(that.asked)
                && why.equals(that.why)
                && notes.equals(that.notes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(wanted, asked, why, notes);
    }

    @Override
    public String toString() {
        return wanted + " -> " + asked + " (" + why + ")" + (notes.isEmpty() ? "" : " " + notes);
    }
}

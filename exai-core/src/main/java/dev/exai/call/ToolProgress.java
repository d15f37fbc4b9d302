package dev.exai.call;

import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;

/** How far a tool is, as its code says. Immutable; {@code toString} shows the note, which is the tool's own words. */
public final class ToolProgress {
    private final double fraction;
    private final String note;

    private ToolProgress(double fraction, String note) {
        this.fraction = fraction;
        this.note = Objects.requireNonNull(note, "note");
    }

    /**
     * {@return progress of a tool that cannot say how much there is to do}
     *
     * @param note what it does, for people to read
     */
    public static ToolProgress of(String note) {
        return new ToolProgress(Double.NaN, note);
    }

    /**
     * {@return progress of a tool that knows how much there is to do}
     *
     * @param fraction how much is done, from 0 to 1
     * @param note what it does, for people to read; may be empty
     * @throws IllegalArgumentException if the fraction is none
     */
    public static ToolProgress of(double fraction, String note) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("a fraction is from 0 to 1: " + fraction);
        }
        return new ToolProgress(fraction, note);
    }

    /** {@return how much is done, from 0 to 1, if the tool knows} */
    public OptionalDouble fraction() {
        return Double.isNaN(fraction) ? OptionalDouble.empty() : OptionalDouble.of(fraction);
    }

    /** {@return what it does, for people to read; may be empty} */
    public String note() {
        return note;
    }

    @Override
    public String toString() {
        String done = Double.isNaN(fraction) ? "" : String.format(Locale.ROOT, "%.0f %%", fraction * 100);
        return done.isEmpty() || note.isEmpty() ? done + note : done + " " + note;
    }
}

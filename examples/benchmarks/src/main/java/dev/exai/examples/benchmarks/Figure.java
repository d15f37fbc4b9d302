package dev.exai.examples.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One row of the table. A number that there is not is NaN.
 *
 * @param what what was measured
 * @param beside the reference
 * @param unit the unit of both costs: ns, ms or B
 * @param reference what it costs there
 * @param ours what it costs with us
 * @param ratio ours by the reference's
 * @param bound what the two bounds are of
 * @param must the bound that has to be kept
 * @param goal the bound that is aimed at
 */
record Figure(
        String what,
        String beside,
        String unit,
        double reference,
        double ours,
        Spread ratio,
        Bound bound,
        double must,
        double goal) {

    /** What a bound is of. */
    enum Bound {
        /** The ratio. */
        RATIO,
        /** Our own cost. */
        COST,
        /** How much more ours costs than the reference. */
        MORE
    }

    private static final double NONE = Double.NaN;
    private static final Spread NO_RATIO = new Spread(NONE, NONE, NONE, 0);

    /** {@return a row without bounds that compares two sides} */
    static Figure of(String what, String beside, Paired.Result result) {
        return of(
                what,
                beside,
                "ns",
                result.reference().median(),
                result.candidate().median(),
                result.ratio());
    }

    /** {@return a row without bounds} */
    static Figure of(String what, String beside, String unit, double reference, double ours, Spread ratio) {
        return new Figure(what, beside, unit, reference, ours, ratio, Bound.RATIO, NONE, NONE);
    }

    /** {@return a row about something that has no reference} */
    static Figure alone(String what, String unit, double ours) {
        return of(what, "", unit, NONE, ours, NO_RATIO);
    }

    /** {@return a row about something that this JDK does not have} */
    static Figure absent(String what, String beside) {
        return of(what, beside, "", NONE, NONE, NO_RATIO);
    }

    /** {@return this row with bounds; NaN for none} */
    Figure within(Bound newBound, double newMust, double newGoal) {
        return new Figure(what, beside, unit, reference, ours, ratio, newBound, newMust, newGoal);
    }

    /** {@return which of the bounds it keeps} */
    String met() {
        double value = switch (bound) {
            case RATIO -> ratio.median();
            case COST -> ours;
            case MORE -> ours - reference;
        };
        if (Double.isNaN(value) || (Double.isNaN(must) && Double.isNaN(goal))) {
            return "";
        }
        if (value <= goal) {
            return "goal";
        }
        if (Double.isNaN(must)) {
            return "not the goal";
        }
        return value <= must ? "must" : "**no**";
    }

    /** {@return it as a row of a Markdown table} */
    String row() {
        return Stream.of(what, beside, ratioText(), cost(reference), cost(ours), mustText(), boundText(goal), met())
                .map(cell -> cell.isEmpty() ? " |" : " " + cell + " |")
                .collect(Collectors.joining("", "|", ""));
    }

    private String ratioText() {
        if (Double.isNaN(ratio.median())) {
            return "-";
        }
        String median = number(ratio.median(), 2);
        return ratio.count() == 1
                ? median
                : median + " (" + number(ratio.low(), 2) + ".." + number(ratio.high(), 2) + "; " + ratio.count() + ")";
    }

    private String cost(double value) {
        return Double.isNaN(value) ? "-" : number(value, value < 100 ? 1 : 0) + " " + unit;
    }

    private String mustText() {
        return Double.isNaN(must) ? "report" : boundText(must);
    }

    private String boundText(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        return switch (bound) {
            case RATIO -> "<= " + number(value, value * 10 == Math.rint(value * 10) ? 1 : 2);
            case COST -> "<= " + number(value, 0) + " " + unit;
            case MORE -> "<= " + number(value, 0) + " " + unit + " more";
        };
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** {@return it as one line of text, for the JVM that prints the table} */
    String toLine() {
        return Stream.of(
                        what,
                        beside,
                        unit,
                        reference,
                        ours,
                        ratio.low(),
                        ratio.median(),
                        ratio.high(),
                        ratio.count(),
                        bound,
                        must,
                        goal)
                .map(String::valueOf)
                .collect(Collectors.joining("\t"));
    }

    /** {@return what {@link #toLine} wrote} */
    static Figure fromLine(String line) {
        List<String> cells = Arrays.asList(line.split("\t", -1));
        double[] numbers = new double[cells.size()];
        for (int i : new int[] {3, 4, 5, 6, 7, 10, 11}) {
            numbers[i] = Double.parseDouble(cells.get(i));
        }
        return new Figure(
                cells.get(0),
                cells.get(1),
                cells.get(2),
                numbers[3],
                numbers[4],
                new Spread(numbers[5], numbers[6], numbers[7], Integer.parseInt(cells.get(8))),
                Bound.valueOf(cells.get(9)),
                numbers[10],
                numbers[11]);
    }
}

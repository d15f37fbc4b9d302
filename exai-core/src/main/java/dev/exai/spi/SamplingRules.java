package dev.exai.spi;

import java.util.Objects;

/** What a model takes for temperature and nucleus sampling. Immutable. */
public final class SamplingRules {
    private static final SamplingRules FREE = new SamplingRules(true, 2, 0);
    private static final SamplingRules FIXED = new SamplingRules(false, 0, 0);

    private final boolean adjustable;
    private final double maxTemperature;
    private final double minTopP;

    private SamplingRules(boolean adjustable, double maxTemperature, double minTopP) {
        this.adjustable = adjustable;
        this.maxTemperature = maxTemperature;
        this.minTopP = minTopP;
    }

    /** {@return the rules of the common form: a temperature of 0 to 2, any nucleus sampling bound} */
    public static SamplingRules free() {
        return FREE;
    }

    /** {@return the rules of a model that has its own values and takes no others: what a request sets is not sent} */
    public static SamplingRules fixed() {
        return FIXED;
    }

    /**
     * {@return the rules of a model that takes less than the common form: what is beyond is sent as the nearest value}
     *
     * @param maxTemperature the highest temperature, more than 0, at most 2
     * @param minTopP the lowest nucleus sampling bound, 0 to 1
     */
    public static SamplingRules within(double maxTemperature, double minTopP) {
        if (!(maxTemperature > 0 && maxTemperature <= 2)) {
            throw new IllegalArgumentException("maxTemperature not in (0, 2]: " + maxTemperature);
        }
        if (!(minTopP >= 0 && minTopP <= 1)) {
            throw new IllegalArgumentException("minTopP not in 0..1: " + minTopP);
        }
        return new SamplingRules(true, maxTemperature, minTopP);
    }

    /** {@return whether a request can set anything at all} */
    public boolean isAdjustable() {
        return adjustable;
    }

    /** {@return the highest temperature; 0 if nothing can be set} */
    public double maxTemperature() {
        return maxTemperature;
    }

    /** {@return the lowest nucleus sampling bound} */
    public double minTopP() {
        return minTopP;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SamplingRules that
                && adjustable == that.adjustable
                && maxTemperature == that.maxTemperature
                && minTopP == that.minTopP;
    }

    @Override
    public int hashCode() {
        return Objects.hash(adjustable, maxTemperature, minTopP);
    }

    @Override
    public String toString() {
        return adjustable ? "temperature to " + maxTemperature + ", top_p from " + minTopP : "fixed";
    }
}

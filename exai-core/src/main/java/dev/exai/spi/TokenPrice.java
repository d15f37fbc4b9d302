package dev.exai.spi;

import dev.exai.message.Usage;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Objects;

/**
 * What a model costs: US dollars for a million tokens, as its vendor asked on a day. Immutable.
 *
 * <p>Prices move, and an account may have its own: this ranks models and estimates, it does not bill.
 */
public final class TokenPrice {
    private final BigDecimal input;
    private final BigDecimal cachedInput;
    private final BigDecimal output;
    private final LocalDate asOf;

    private TokenPrice(BigDecimal input, BigDecimal cachedInput, BigDecimal output, LocalDate asOf) {
        this.input = notNegative("input", input);
        this.cachedInput = notNegative("cachedInput", cachedInput);
        this.output = notNegative("output", output);
        this.asOf = Objects.requireNonNull(asOf, "asOf");
    }

    /**
     * {@return a price without a rebate for what comes from the provider's cache}
     *
     * @param input dollars for a million tokens of a prompt, 0 or more
     * @param output dollars for a million tokens of an answer, reasoning included, 0 or more
     * @param asOf the day on which the vendor asked that
     */
    public static TokenPrice of(BigDecimal input, BigDecimal output, LocalDate asOf) {
        return new TokenPrice(input, input, output, asOf);
    }

    /**
     * {@return a price}
     *
     * @param input dollars for a million tokens of a prompt, 0 or more
     * @param cachedInput dollars for a million tokens of a prompt that come from the provider's cache, 0 or more
     * @param output dollars for a million tokens of an answer, reasoning included, 0 or more
     * @param asOf the day on which the vendor asked that
     */
    public static TokenPrice of(BigDecimal input, BigDecimal cachedInput, BigDecimal output, LocalDate asOf) {
        return new TokenPrice(input, cachedInput, output, asOf);
    }

    private static BigDecimal notNegative(String name, BigDecimal value) {
        if (Objects.requireNonNull(value, name).signum() < 0) {
            throw new IllegalArgumentException(name + " price < 0: " + value);
        }
        return value;
    }

    /** {@return dollars for a million tokens of a prompt} */
    public BigDecimal input() {
        return input;
    }

    /** {@return dollars for a million tokens of a prompt that come from the provider's cache} */
    public BigDecimal cachedInput() {
        return cachedInput;
    }

    /** {@return dollars for a million tokens of an answer, reasoning included} */
    public BigDecimal output() {
        return output;
    }

    /** {@return the day on which the vendor asked that} */
    public LocalDate asOf() {
        return asOf;
    }

    /**
     * {@return what these tokens cost, in dollars, exactly}
     *
     * @param usage the tokens, as the provider counted them
     */
    public BigDecimal cost(Usage usage) {
        long uncached = Math.max(0, usage.promptTokens() - usage.cachedTokens());
        return input.multiply(BigDecimal.valueOf(uncached))
                .add(cachedInput.multiply(BigDecimal.valueOf(usage.cachedTokens())))
                .add(output.multiply(BigDecimal.valueOf(usage.completionTokens())))
                .movePointLeft(6);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenPrice that
                && input.equals(that.input)
                && cachedInput.equals(that.cachedInput)
                && output.equals(that.output)
                && asOf.equals(that.asOf);
    }

    @Override
    public int hashCode() {
        return Objects.hash(input, cachedInput, output, asOf);
    }

    @Override
    public String toString() {
        return "$" + input + " in ($" + cachedInput + " cached), $" + output + " out a million tokens, " + asOf;
    }
}

package dev.exai.run;

import dev.exai.message.Usage;
import dev.exai.model.Route;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.Function;

/** The prices of the catalogue. */
final class Prices {
    private Prices() {}

    /** What turns tokens of a model into US dollars; empty if nobody knows its price. */
    static Optional<Function<Usage, BigDecimal>> of(Route route) {
        return Optional.empty();
    }
}

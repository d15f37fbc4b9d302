package dev.exai.examples.incident;

import java.time.Duration;
import java.util.List;

/**
 * Plays the incident: four claims, each shown over fake GLM and Kimi servers on loopback sockets. Needs no key and no
 * network. Ends with 1 if a claim does not hold.
 */
public final class IncidentDemo {
    private IncidentDemo() {}

    /**
     * Plays all claims.
     *
     * @param args none
     * @throws Exception if a claim could not be played at all
     */
    public static void main(String[] args) throws Exception {
        Console console = new Console(System.out);
        long start = System.nanoTime();
        for (Claim claim : List.of(new HungProviderClaim(), new CascadeClaim(), new CancelClaim(), new AutoClaim())) {
            claim.play(console);
        }
        console.summary(Duration.ofNanos(System.nanoTime() - start));
        System.exit(console.allHold() ? 0 : 1);
    }

    /** One claim about the library. */
    interface Claim {
        /** Shows it, and gives its verdicts to the console. */
        void play(Console console) throws Exception;
    }
}

package dev.exai.testkit.storm.mutants;

import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.Optional;

/** Lets storms rage over a copy of the library, always those of the same seeds, up to the first that finds something. */
final class Storms {
    private static final long SEEDS = 60;
    private static final int CALLS = 400;
    private static final int AUDIT_EVERY = 100;

    /**
     * What was found.
     *
     * @param invariant which one is broken, or what else is wrong
     * @param seed by the storm of which seed
     * @param message what it said
     */
    record Found(String invariant, long seed, String message) {}

    private Storms() {}

    static Optional<Found> over(Map<String, byte[]> changed) throws ReflectiveOperationException {
        Class<?> storm = new BugLoader(changed).loadClass("dev.exai.testkit.storm.FaultStorm");
        for (long seed = 1; seed <= SEEDS; seed++) {
            Object made = storm.getMethod("withSeed", long.class).invoke(null, seed);
            storm.getMethod("calls", int.class).invoke(made, CALLS);
            storm.getMethod("auditEvery", int.class).invoke(made, AUDIT_EVERY);
            try {
                storm.getMethod("run").invoke(made);
            } catch (InvocationTargetException thrown) {
                return Optional.of(found(seed, thrown.getCause()));
            }
        }
        return Optional.empty();
    }

    private static Found found(long seed, Throwable failure) throws ReflectiveOperationException {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof LinkageError) {
            throw new IllegalStateException("its classes do not fit together", cause);
        }
        boolean named = cause.getClass().getSimpleName().equals("InvariantBroken");
        String invariant = named
                ? (String) cause.getClass().getMethod("invariant").invoke(cause)
                : "the run fails: " + cause.getClass().getSimpleName();
        return new Found(invariant, seed, String.valueOf(cause.getMessage()));
    }
}

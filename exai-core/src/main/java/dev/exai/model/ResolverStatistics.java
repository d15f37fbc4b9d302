package dev.exai.model;

/**
 * What a resolver has done so far. Immutable.
 *
 * <p>Hits are counted without a lock on the way of every call: under contention a few may be missing. All else is exact.
 */
public final class ResolverStatistics {
    private final long hits;
    private final long staleHits;
    private final long misses;
    private final long loads;
    private final long failures;
    private final long evictions;
    private final int entries;
    private final int loading;

    ResolverStatistics(
            long hits,
            long staleHits,
            long misses,
            long loads,
            long failures,
            long evictions,
            int entries,
            int loading) {
        this.hits = hits;
        this.staleHits = staleHits;
        this.misses = misses;
        this.loads = loads;
        this.failures = failures;
        this.evictions = evictions;
        this.entries = entries;
        this.loading = loading;
    }

    /** {@return how many times a fresh answer served, about} */
    public long hits() {
        return hits;
    }

    /** {@return how many times an older answer, or a failure, served while it was not asked again or being asked again} */
    public long staleHits() {
        return staleHits;
    }

    /** {@return how many callers waited for the selector} */
    public long misses() {
        return misses;
    }

    /** {@return how many times the selector was asked} */
    public long loads() {
        return loads;
    }

    /** {@return how many times it failed, or did not answer in time} */
    public long failures() {
        return failures;
    }

    /** {@return how many answers had to go because there were too many} */
    public long evictions() {
        return evictions;
    }

    /** {@return how many requests the cache has an answer or a failure for} */
    public int entries() {
        return entries;
    }

    /** {@return how many times the selector is being asked right now} */
    public int loading() {
        return loading;
    }

    @Override
    public String toString() {
        return "ResolverStatistics[" + hits + " hits, " + staleHits + " stale, " + misses + " misses, " + loads
                + " loads, " + failures + " failed, " + evictions + " evicted, " + entries + " entries]";
    }
}

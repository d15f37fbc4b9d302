package dev.exai.testkit.internal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Which call gets which script: first the one of its number, then of the rules that match the one that was added
 * first, then the default. Safe for use by many threads; rules are asked outside the lock.
 *
 * @param <C> what a call looks like
 * @param <S> what a script is
 */
public final class Playbook<C, S> {
    private final LongSupplier nanoTime;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private S byDefault;

    @GuardedBy("lock")
    private final Map<Integer, S> byNumber = new HashMap<>();

    @GuardedBy("lock")
    private final List<Rule<C, S>> rules = new ArrayList<>();

    @GuardedBy("lock")
    private long seed;

    /** A call and what is known of it. */
    private record Asked<C>(C call, int number, String model, long now, long seed) {}

    private record Rule<C, S>(Predicate<Asked<C>> matcher, S script) {}

    /**
     * Creates a playbook with a default alone.
     *
     * @param byDefault the script that no rule has another one for
     * @param nanoTime the clock that rules about time go by
     */
    public Playbook(S byDefault, LongSupplier nanoTime) {
        this.byDefault = Objects.requireNonNull(byDefault, "script");
        this.nanoTime = nanoTime;
    }

    /**
     * Sets the default.
     *
     * @param script what happens
     */
    public void setDefault(S script) {
        synchronized (lock) {
            byDefault = Objects.requireNonNull(script, "script");
        }
    }

    /**
     * Sets the seed that rules by chance go by.
     *
     * @param newSeed the seed
     */
    public void seed(long newSeed) {
        synchronized (lock) {
            seed = newSeed;
        }
    }

    /**
     * {@return the chance of a call}
     *
     * @param number which call
     */
    public RandomGenerator chanceOf(int number) {
        synchronized (lock) {
            return Chance.of(seed, number);
        }
    }

    /**
     * Sets the script of one call.
     *
     * @param number which one, from 1
     * @param script what happens
     */
    public void number(int number, S script) {
        checkNumber(number);
        synchronized (lock) {
            byNumber.put(number, Objects.requireNonNull(script, "script"));
        }
    }

    /**
     * Adds a rule for calls in a row.
     *
     * @param first the first of them, from 1
     * @param last the last of them
     * @param script what happens
     */
    public void numbers(int first, int last, S script) {
        checkNumber(first);
        if (last < first) {
            throw new IllegalArgumentException("last < first: " + last + " < " + first);
        }
        add(asked -> asked.number() >= first && asked.number() <= last, script);
    }

    private static void checkNumber(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("number < 1: " + number);
        }
    }

    /**
     * Adds a rule for the calls of a model.
     *
     * @param model the model's id
     * @param script what happens
     */
    public void model(String model, S script) {
        Objects.requireNonNull(model, "model");
        add(asked -> asked.model().equals(model), script);
    }

    /**
     * Adds a rule for the calls that come between two moments.
     *
     * @param from the first moment, from now on
     * @param until the moment that is too late, from now on
     * @param script what happens
     */
    public void between(Duration from, Duration until, S script) {
        if (from.isNegative() || until.compareTo(from) <= 0) {
            throw new IllegalArgumentException("not a span of time: " + from + " to " + until);
        }
        long start = nanoTime.getAsLong() + from.toNanos();
        long length = until.minus(from).toNanos();
        add(asked -> asked.now() - start >= 0 && asked.now() - start < length, script);
    }

    /**
     * Adds a rule for some of the calls, by chance.
     *
     * @param chance how many of them, between 0 and 1
     * @param script what happens
     */
    public void sometimes(double chance, S script) {
        if (!(chance >= 0 && chance <= 1)) {
            throw new IllegalArgumentException("chance not between 0 and 1: " + chance);
        }
        long rule;
        synchronized (lock) {
            rule = rules.size() + 1L;
        }
        add(asked -> Chance.of(asked.seed() ^ (rule << 32), asked.number()).nextDouble() < chance, script);
    }

    /**
     * Adds a rule for calls that match.
     *
     * @param matcher tells which
     * @param script what happens
     */
    public void matching(Predicate<? super C> matcher, S script) {
        Objects.requireNonNull(matcher, "matcher");
        add(asked -> matcher.test(asked.call()), script);
    }

    private void add(Predicate<Asked<C>> matcher, S script) {
        Rule<C, S> rule = new Rule<>(matcher, Objects.requireNonNull(script, "script"));
        synchronized (lock) {
            rules.add(rule);
        }
    }

    /**
     * {@return the script of a call}
     *
     * @param call the call
     * @param number which one it is, from 1
     * @param model the model that it asks
     */
    public S of(C call, int number, String model) {
        List<Rule<C, S>> candidates;
        S otherwise;
        long seedNow;
        synchronized (lock) {
            S ofNumber = byNumber.get(number);
            if (ofNumber != null) {
                return ofNumber;
            }
            candidates = List.copyOf(rules);
            otherwise = byDefault;
            seedNow = seed;
        }
        Asked<C> asked = new Asked<>(call, number, model, nanoTime.getAsLong(), seedNow);
        for (Rule<C, S> rule : candidates) {
            if (rule.matcher().test(asked)) {
                return rule.script();
            }
        }
        return otherwise;
    }
}

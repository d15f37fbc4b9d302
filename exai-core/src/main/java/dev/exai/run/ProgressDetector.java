package dev.exai.run;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds runs that go in circles.
 *
 * <p>What it finds first is a warning. After it one more round of the same is the end; so is anything else that is found,
 * unless enough new work lies between. Used by one thread at a time, and by nothing but the records of a run, so a resumed run
 * has found what it had found before.
 */
final class ProgressDetector {
    /*
     * recent     the turns since the start or the last warning, no more than the longest rule needs.
     * seen       the turns of a longer while, to tell what is new.
     * warned     what was warned of: the cycle that must not go on, or the error that must not come again.
     */

    /** A turn, in as much as it counts here. */
    record Turn(
            String key,
            Evidence.Rule rule,
            String label,
            @Nullable String error,
            String content,
            long step) {}

    /** What was found, and whether it is the second time. */
    record Finding(Evidence evidence, boolean isLast) {}

    private final ProgressRules rules;
    private final List<Turn> recent = new ArrayList<>();
    private final Set<String> seen = new LinkedHashSet<>();
    private boolean warned;
    private int fresh;
    private List<String> warnedCycle = List.of();
    private int goneOn;
    private @Nullable String warnedError;
    private @Nullable String lastError;
    private int sameErrors;
    private long errorsFrom;
    private int empties;
    private long emptiesFrom;

    ProgressDetector(ProgressRules rules) {
        this.rules = rules;
    }

    /** Takes a turn; returns what it shows, or null. */
    @Nullable
    Finding turn(Turn turn) {
        empties = 0;
        noteFresh(turn.key());
        Finding again = sameCycleAgain(turn);
        again = again == null ? sameErrorAgain(turn) : again;
        if (again != null) {
            return again;
        }
        recent.add(turn);
        if (recent.size() > 2 * Math.max(1, rules.window())) {
            recent.subList(0, recent.size() - rules.window()).clear();
        }
        Finding found = repeated();
        return found == null ? erred(turn) : found;
    }

    /** Takes an answer without text; returns what it shows, or null. */
    @Nullable
    Finding empty(long step) {
        if (rules.emptyAnswers() == 0) {
            return null;
        }
        if (empties++ == 0) {
            emptiesFrom = step;
        }
        if (empties < rules.emptyAnswers()) {
            return null;
        }
        Evidence evidence = new Evidence(
                Evidence.Rule.EMPTY_ANSWER, List.of(), (int) (step - emptiesFrom + 1), emptiesFrom, step, "");
        Finding found = found(evidence, List.of(), null);
        empties = rules.emptyAnswers() - 1; // the next one in a row is too many again
        return found;
    }

    /** New work, as much of it as the longest rule looks at, makes a warning be forgotten. */
    private void noteFresh(String key) {
        if (!seen.add(key)) {
            return;
        }
        if (seen.size() > 4 * Math.max(8, rules.window())) {
            Iterator<String> oldest = seen.iterator();
            oldest.next();
            oldest.remove();
        }
        if (warned && ++fresh >= Math.max(8, rules.window())) {
            warned = false;
            warnedCycle = List.of();
            warnedError = null;
        }
    }

    private @Nullable Finding sameCycleAgain(Turn turn) {
        if (warnedCycle.isEmpty()) {
            return null;
        }
        if (!turn.key().equals(warnedCycle.get(goneOn))) {
            warnedCycle = List.of();
            return null;
        }
        if (++goneOn < warnedCycle.size()) {
            return null;
        }
        int length = warnedCycle.size();
        List<Turn> cycle = new ArrayList<>(recent.subList(recent.size() - (length - 1), recent.size()));
        cycle.add(turn);
        return found(evidence(cycle, 1), List.of(), null);
    }

    private @Nullable Finding sameErrorAgain(Turn turn) {
        if (warnedError == null) {
            return null;
        }
        if (!warnedError.equals(turn.error())) {
            warnedError = null;
            return null;
        }
        return found(
                new Evidence(
                        Evidence.Rule.SAME_ERROR, List.of(turn.label()), 1, turn.step(), turn.step(), turn.content()),
                List.of(),
                null);
    }

    private @Nullable Finding repeated() {
        if (rules.sameTurn() > 0 && repeats(1, rules.sameTurn())) {
            return found(last(1), rules.sameTurn());
        }
        for (int length = 2; length <= rules.longestCycle(); length++) {
            if (repeats(length, rules.cycleRepeats()) && !repeats(1, length)) {
                return found(last(length), rules.cycleRepeats());
            }
        }
        return null;
    }

    /** Whether the last turns are a cycle of this length, gone through this often. */
    private boolean repeats(int length, int times) {
        int size = recent.size();
        if (size < length * times) {
            return false;
        }
        for (int i = size - 1; i >= size - length * (times - 1); i--) {
            if (!recent.get(i).key().equals(recent.get(i - length).key())) {
                return false;
            }
        }
        return true;
    }

    private List<Turn> last(int length) {
        return List.copyOf(recent.subList(recent.size() - length, recent.size()));
    }

    private @Nullable Finding erred(Turn turn) {
        String error = turn.error();
        if (error == null || !error.equals(lastError)) {
            lastError = error;
            sameErrors = error == null ? 0 : 1;
            errorsFrom = turn.step();
        } else {
            sameErrors++;
        }
        if (error == null || rules.sameError() == 0 || sameErrors < rules.sameError()) {
            return null;
        }
        return found(
                new Evidence(
                        Evidence.Rule.SAME_ERROR,
                        List.of(turn.label()),
                        sameErrors,
                        errorsFrom,
                        turn.step(),
                        turn.content()),
                List.of(),
                error);
    }

    private Finding found(List<Turn> cycle, int times) {
        return found(evidence(cycle, times), cycle.stream().map(Turn::key).toList(), null);
    }

    private static Evidence evidence(List<Turn> cycle, int times) {
        Turn end = cycle.get(cycle.size() - 1);
        return new Evidence(
                cycle.size() == 1 ? end.rule() : Evidence.Rule.CYCLE,
                cycle.stream().map(Turn::label).toList(),
                times,
                end.step() - (long) cycle.size() * times + 1,
                end.step(),
                end.content());
    }

    private Finding found(Evidence evidence, List<String> cycle, @Nullable String error) {
        boolean isLast = warned;
        warned = true;
        fresh = 0;
        recent.clear();
        lastError = null;
        sameErrors = 0;
        warnedCycle = cycle;
        goneOn = 0;
        warnedError = error;
        return new Finding(evidence, isLast);
    }
}

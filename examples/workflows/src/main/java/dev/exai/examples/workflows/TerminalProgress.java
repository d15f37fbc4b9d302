package dev.exai.examples.workflows;

import dev.exai.run.Evidence;
import dev.exai.run.RunListener;
import dev.exai.run.RunOutcome;
import dev.exai.run.RunProgress;
import dev.exai.run.StoreState;
import java.io.PrintStream;
import java.util.Locale;

/** Shows a run in a terminal: one line that is written over, and lines for what one should not miss. */
public final class TerminalProgress implements RunListener {
    private static final int WIDTH = 24;

    private final PrintStream out;
    private int shown;

    /**
     * Creates the view.
     *
     * @param out the terminal
     */
    public TerminalProgress(PrintStream out) {
        this.out = out;
    }

    /** {@return a run as one line: bar, step, what runs, what was spent} */
    static String line(RunProgress now) {
        StringBuilder line = new StringBuilder();
        if (!now.budget().isUnlimited()) {
            int full = (int) Math.round(now.used() * WIDTH);
            line.append('[')
                    .append("#".repeat(full))
                    .append(".".repeat(WIDTH - full))
                    .append("] ")
                    .append(Math.round(now.used() * 100))
                    .append(" % ");
        }
        line.append(now.workflow()).append(" step ").append(now.step()).append(", ");
        line.append(now.running().isEmpty() ? what(now.waiting()) : String.join(" ", now.running()));
        line.append(String.format(Locale.ROOT, ", %,d tokens", now.tokens()));
        if (now.cost().signum() > 0) {
            line.append(String.format(Locale.ROOT, ", $%.4f", now.cost()));
        }
        return line.append(", ").append(now.elapsed().toSeconds()).append(" s").toString();
    }

    private static String what(RunProgress.Waiting waiting) {
        return switch (waiting) {
            case NOTHING -> "deciding";
            case MODEL -> "thinking";
            case FUNCTIONS -> "working";
            case STORE -> "saving";
            case TIME -> "waiting";
        };
    }

    @Override
    public void progress(RunProgress now) {
        String line = line(now);
        out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
        out.flush();
        shown = line.length();
    }

    private void say(String line) {
        out.print("\r" + " ".repeat(shown) + "\r");
        out.println(line);
        shown = 0;
    }

    @Override
    public void functionEnded(RunProgress now, String function, boolean failed) {
        if (failed) {
            say("  " + function + " failed; the model is told why");
        }
    }

    @Override
    public void repeating(RunProgress now, Evidence evidence) {
        say("  going in circles: " + evidence.explain() + "; asked for another way");
    }

    @Override
    public void compacted(RunProgress now, long tokensBefore, long tokensAfter) {
        say("  made the conversation shorter: about " + tokensBefore + " to " + tokensAfter + " tokens");
    }

    @Override
    public void storeChanged(RunProgress now, StoreState state) {
        say("  store: " + state);
    }

    @Override
    public void ended(RunProgress now, RunOutcome outcome) {
        progress(now);
        out.println();
        shown = 0;
    }
}

package dev.exai.testkit.fault;

import java.util.List;

/** What kind of call a cell is about, and where it runs. */
enum Subject {
    /** A chat call in the same process, in virtual time. */
    CHAT("chat", false, true),
    /** A tool that returns a stage, in virtual time. */
    ASYNC_TOOL("async tool", true, true),
    /** A tool that blocks its thread. */
    BLOCKING_TOOL("blocking tool", true, false),
    /** A chat call to a provider under test, on real threads and whatever the provider talks over. */
    PROVIDER("provider", false, false),
    /** A tool under test, of which nothing is known. */
    TOOL("tool", true, false);

    private final String label;
    private final boolean isTool;
    private final boolean isVirtual;

    Subject(String label, boolean isTool, boolean isVirtual) {
        this.label = label;
        this.isTool = isTool;
        this.isVirtual = isVirtual;
    }

    boolean isTool() {
        return isTool;
    }

    /** Whether all runs on one thread. If not, the library's time still goes on only when the harness says so. */
    boolean isVirtual() {
        return isVirtual;
    }

    List<Move> moves() {
        return isTool ? Move.ofTool() : Move.ofChat();
    }

    @Override
    public String toString() {
        return label;
    }
}

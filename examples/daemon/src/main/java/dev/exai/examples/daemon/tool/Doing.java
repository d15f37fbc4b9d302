package dev.exai.examples.daemon.tool;

import dev.exai.run.RunProgress;

/** Says in a few words what a run does. */
final class Doing {
    private Doing() {}

    static String of(RunProgress now) {
        String what = now.running().isEmpty()
                ? switch (now.waiting()) {
                    case NOTHING -> "deciding";
                    case MODEL -> "thinking";
                    case FUNCTIONS -> "working";
                    case STORE -> "saving";
                    case TIME -> "waiting";
                }
                : String.join(" ", now.running());
        return "step " + now.step() + ", " + what;
    }
}

package dev.exai.testkit;

import java.util.List;

/** Tells where a thread is: its innermost frame, and the first ones that are not the JDK's. */
final class Stacks {
    private static final int FRAMES = 6;

    private Stacks() {}

    static String describe(String what, List<StackTraceElement> stack) {
        StringBuilder text = new StringBuilder(what);
        int shown = 0;
        for (int i = 0; i < stack.size() && shown < FRAMES; i++) {
            if (i == 0 || !isOfTheJdk(stack.get(i).getClassName())) {
                text.append("\n      at ").append(stack.get(i));
                shown++;
            }
        }
        return text.toString();
    }

    private static boolean isOfTheJdk(String type) {
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
    }
}

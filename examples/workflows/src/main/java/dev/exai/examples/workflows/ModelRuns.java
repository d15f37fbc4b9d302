package dev.exai.examples.workflows;

import dev.exai.run.Workflow;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The runs that are one model with the files of a folder, or with none: what each is told, and when its answer is taken. */
final class ModelRuns {
    private static final String FILES =
            " You can list, read and search the files of one folder. Look at what you need, in as many turns as you need; ask for"
                    + " several things at once where they do not depend on each other. Never claim what you have not seen:"
                    + " name file and line. When you are done, answer in text, without asking for a function.";

    private static final String NO_FILES =
            " You see no files: all that you have is the message. Work on what it carries, never claim what you have not seen,"
                    + " and where something is missing, name it.";

    private ModelRuns() {}

    static Workflow debug(@Nullable Folder folder) {
        return over(
                folder,
                "debug",
                "You find the cause of a fault that is described to you. Form a hypothesis, look for what would refute it, go on"
                        + " until one holds. End with a line 'Cause:' and a line 'Fix:'.",
                has("Cause:", "Fix:"));
    }

    static Workflow analyze(@Nullable Folder folder) {
        return over(
                folder,
                "analyze",
                "You answer a question about the design of the code: its parts, what depends on what, where its risks lie.",
                answer -> Optional.empty());
    }

    static Workflow codereview(@Nullable Folder folder) {
        return over(
                folder,
                "codereview",
                "You review code: faults first, by weight, each with file, line, what goes wrong and how to mend it; then what is"
                        + " hard to read. End with a line 'Verdict:' that says accept or change.",
                has("Verdict:"));
    }

    static Workflow secaudit(@Nullable Folder folder) {
        return over(
                folder,
                "secaudit",
                "You look for weaknesses that somebody could use: input that is trusted, secrets in files or logs, missing checks of"
                        + " rights, unsafe defaults. Give each with file, line, how it would be used, its weight (high, medium,"
                        + " low) and the remedy. End with a line 'Findings:' that says how many there are of each weight.",
                has("Findings:"));
    }

    static Workflow planner(@Nullable Folder folder) {
        return over(
                folder,
                "planner",
                "You plan a piece of work. Look at what is there first. Give numbered steps, each small enough to be checked, with"
                        + " what it changes, what it depends on, and how one sees that it is done.",
                answer -> answer.lines().anyMatch(line -> line.strip().matches("1[.)].*"))
                        ? Optional.empty()
                        : Optional.of("Give the plan as numbered steps, from 1."));
    }

    private static Workflow over(
            @Nullable Folder folder, String name, String task, Function<String, Optional<String>> acceptance) {
        return Workflow.model(name)
                .instructions(task + (folder == null ? NO_FILES : FILES))
                .functions(folder == null ? List.of() : FileFunctions.of(folder))
                .acceptWhen(acceptance)
                .build();
    }

    private static Function<String, Optional<String>> has(String... lines) {
        return answer -> {
            String lower = answer.toLowerCase(Locale.ROOT);
            for (String line : lines) {
                if (!lower.contains(line.toLowerCase(Locale.ROOT))) {
                    return Optional.of("The line '" + line + "' is missing. Give the whole answer again, with it.");
                }
            }
            return Optional.empty();
        };
    }
}

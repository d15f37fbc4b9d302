package dev.exai.examples.workflows;

import dev.exai.context.Codec;
import dev.exai.json.Description;
import dev.exai.json.JsonCodecs;
import dev.exai.message.FunctionSpec;
import dev.exai.run.RunFunction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a model may do with a folder: list, read, search. All of it only reads, so all of it may run again. */
final class FileFunctions {
    private static final int LINES = 400;

    /** Which files to list. */
    record ListFiles(
            @Description("A folder, seen from the root; left out for the root")
            Optional<String> folder) {}

    /** What to read. */
    record ReadFile(
            @Description("The file, seen from the root") String file,

            @Description("The first line, from 1; left out for the first")
            Optional<Integer> from,

            @Description("How many lines; left out for 400") Optional<Integer> lines) {}

    /** What to look for. */
    record Search(
            @Description("A text that lines have, upper or lower case")
            String text,

            @Description("A folder to look in, seen from the root; left out for the root")
            Optional<String> folder) {}

    private FileFunctions() {}

    static List<RunFunction> of(Folder folder) {
        return List.of(
                function(
                        "list_files",
                        "Lists files with their sizes",
                        ListFiles.class,
                        (in, context) -> folder.list(in.folder().orElse(""))),
                function(
                        "read_file",
                        "Reads lines of a text file",
                        ReadFile.class,
                        (in, context) -> folder.lines(
                                in.file(), in.from().orElse(1), in.lines().orElse(LINES))),
                function(
                        "search",
                        "Finds lines that have a text",
                        Search.class,
                        (in, context) -> folder.search(in.text(), in.folder().orElse(""))));
    }

    private static <I extends Record> RunFunction function(
            String name, String description, Class<I> type, RunFunction.Typed<I, String> code) {
        Codec<I> input = JsonCodecs.forRecord(type);
        return RunFunction.blocking(
                        FunctionSpec.of(name, description, input.schema()),
                        (arguments, context) -> code.run(input.decode(arguments), context))
                .idempotent()
                .timeout(Duration.ofMinutes(1));
    }
}

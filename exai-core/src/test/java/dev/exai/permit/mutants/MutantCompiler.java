package dev.exai.permit.mutants;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Changes the sources of the pool and compiles what was changed; reads the class path once. For one thread. */
final class MutantCompiler implements AutoCloseable {
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);

    MutantCompiler() throws IOException {
        List<Path> classPath = Stream.of(Workshop.classPath().split(System.getProperty("path.separator")))
                .map(Path::of)
                .filter(Files::exists)
                .toList();
        files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
    }

    /** Compiles what a mutant changes; of the one that changes nothing, everything. */
    Path compile(Mutant mutant) throws IOException {
        Path home = Workshop.TARGET.resolve(mutant.name());
        deleteAll(home);
        Path classes = Files.createDirectories(home.resolve("classes"));
        Path sources = Files.createDirectories(home.resolve("src"));
        List<Path> changed = new ArrayList<>();
        for (Map.Entry<String, String> source : mutant.sources(Workshop::source).entrySet()) {
            changed.add(Files.writeString(sources.resolve(source.getKey() + ".java"), source.getValue()));
        }
        if (mutant == Workshop.UNCHANGED) {
            try (Stream<Path> all = Files.list(Workshop.SOURCES)) {
                changed.addAll(all.toList());
            }
        }
        files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-proc:none", "-nowarn", "-parameters", "-g");
        boolean compiled = compiler.getTask(
                        messages, files, null, options, null, files.getJavaFileObjectsFromPaths(changed))
                .call();
        if (!compiled) {
            throw new IllegalStateException("mutant " + mutant + " does not compile:\n" + messages);
        }
        return classes;
    }

    private static void deleteAll(Path home) throws IOException {
        if (!Files.exists(home)) {
            return;
        }
        try (Stream<Path> all = Files.walk(home)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}

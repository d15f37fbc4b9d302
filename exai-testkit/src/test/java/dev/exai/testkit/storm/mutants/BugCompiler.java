package dev.exai.testkit.storm.mutants;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles sources in memory, against the classes of this run. For one thread; reads the class path once. */
final class BugCompiler implements AutoCloseable {
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);

    BugCompiler() throws IOException {
        String ofSurefire = System.getProperty("surefire.test.class.path");
        String modules = System.getProperty("jdk.module.path", "");
        String all = (ofSurefire == null ? System.getProperty("java.class.path") : ofSurefire)
                + System.getProperty("path.separator")
                + modules;
        List<Path> places = Stream.of(all.split(System.getProperty("path.separator")))
                .filter(place -> !place.isEmpty())
                .map(Path::of)
                .filter(Files::exists)
                .distinct()
                .toList();
        files.setLocationFromPaths(StandardLocation.CLASS_PATH, places);
    }

    /** {@return the classes of sources, which are given by path from {@code dev/exai} on} */
    Map<String, byte[]> compile(Map<String, String> sources) {
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        StringWriter messages = new StringWriter();
        List<Source> units = sources.entrySet().stream()
                .map(each -> new Source("dev/exai/" + each.getKey(), each.getValue()))
                .toList();
        boolean compiled = compiler.getTask(
                        messages, new InMemory(files, classes), null, List.of("-proc:none", "-nowarn"), null, units)
                .call();
        if (!compiled) {
            throw new IllegalStateException("does not compile:\n" + messages);
        }
        return classes.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().toByteArray()));
    }

    @Override
    public void close() throws IOException {
        files.close();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String path, String text) {
            super(URI.create("memory:///" + path + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className.replace('.', '/')), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    classes.put(className, bytes);
                    return bytes;
                }
            };
        }
    }
}

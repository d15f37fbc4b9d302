package dev.exai.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A piece of Java code in a page of the documentation. */
record Snippet(Path page, int line, String code) {
    private static final Pattern FENCE = Pattern.compile("^```java\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

    /** All pieces in the README and under docs/. */
    static List<Snippet> all(Path root) throws IOException {
        List<Snippet> found = new ArrayList<>();
        List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        for (Path page : pages) {
            String text = Files.readString(page);
            Matcher fence = FENCE.matcher(text);
            while (fence.find()) {
                int line = (int) text.substring(0, fence.start()).lines().count() + 1;
                found.add(new Snippet(root.relativize(page), line, fence.group(1)));
            }
        }
        return found;
    }

    /** Whether the code itself declares a variable of this name, so that the one around it must step aside. */
    boolean declares(String variable) {
        return Pattern.compile("\\b[A-Z]\\w*(<[^=;]*>)? " + variable + " =")
                .matcher(code)
                .find();
    }

    @Override
    public String toString() {
        return page + ":" + line;
    }
}

package dev.exai.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exai.Exai;
import dev.exai.providers.glm.GlmProvider;
import dev.exai.providers.kimi.KimiProvider;
import dev.exai.session.Session;
import dev.exai.spi.ApiKey;
import dev.exai.testkit.http.FakeProviderServer;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every piece of Java in the README and in docs/ compiles and runs. */
class DocSnippetsTest {
    static final Path ROOT = root();

    private static final String IMPORTS = Stream.of(
                    "dev.exai",
                    "dev.exai.call",
                    "dev.exai.context",
                    "dev.exai.error",
                    "dev.exai.event",
                    "dev.exai.json",
                    "dev.exai.message",
                    "dev.exai.model",
                    "dev.exai.permit",
                    "dev.exai.providers.glm",
                    "dev.exai.providers.kimi",
                    "dev.exai.providers.openai",
                    "dev.exai.resilience",
                    "dev.exai.run",
                    "dev.exai.run.store",
                    "dev.exai.session",
                    "dev.exai.spi",
                    "dev.exai.store.jdbc",
                    "dev.exai.testkit",
                    "dev.exai.testkit.contract",
                    "dev.exai.testkit.contract.provider",
                    "dev.exai.testkit.fault",
                    "dev.exai.testkit.http",
                    "dev.exai.testkit.junit",
                    "dev.exai.testkit.script",
                    "dev.exai.testkit.storm",
                    "dev.exai.testkit.time",
                    "java.nio.file",
                    "java.time",
                    "java.util",
                    "java.util.concurrent",
                    "org.junit.jupiter.api")
            .map(name -> "import " + name + ".*;")
            .reduce("import static org.junit.jupiter.api.Assertions.*;\n", (a, b) -> a + b + "\n");

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("README.md")) || !Files.exists(path.resolve("docs"))) {
            path = path.getParent();
        }
        return path;
    }

    static List<Snippet> snippets() throws IOException {
        return Snippet.all(ROOT);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("snippets")
    void snippet_ofThePage_compilesAndRuns(Snippet snippet, @TempDir Path classes) throws Exception {
        compile(snippet, classes);

        try (FakeProviderServer glm = FakeProviderServer.glm();
                FakeProviderServer kimi = FakeProviderServer.kimi();
                Exai exai = Exai.builder(
                                GlmProvider.builder(ApiKey.of("doc.key"))
                                        .baseUrl(glm.baseUrl().toString())
                                        .build(),
                                KimiProvider.builder(ApiKey.of("sk-doc"))
                                        .baseUrl(kimi.baseUrl().toString())
                                        .build())
                        .build();
                Session session = exai.openSession("docs");
                URLClassLoader loader = new URLClassLoader(
                        new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass("Page")
                    .getMethod("run", Exai.class, Session.class, FakeProviderServer.class, FakeProviderServer.class)
                    .invoke(null, exai, session, glm, kimi);

            session.close();
            assertThat(exai.snapshot().isIdle()).isTrue();
            assertThat(exai.audit().problems()).isEmpty();
            glm.awaitNoOpenExchanges(Duration.ofSeconds(5));
            kimi.awaitNoOpenExchanges(Duration.ofSeconds(5));
        }
    }

    @Test
    void snippets_ofAllPages_areFound() throws IOException {
        assertThat(snippets()).hasSizeGreaterThan(8);
        assertThat(snippets()).anyMatch(snippet -> snippet.page().toString().equals("README.md"));
    }

    @Test
    void links_ofAllPages_leadToFiles() throws IOException {
        List<Path> pages;
        try (Stream<Path> walk = Files.walk(ROOT.resolve("docs"))) {
            pages = Stream.concat(
                            walk.filter(path -> path.toString().endsWith(".md")),
                            Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
                                    .map(ROOT::resolve))
                    .toList();
        }
        for (Path page : pages) {
            java.util.regex.Matcher link =
                    java.util.regex.Pattern.compile("\\]\\(([^)#]+)").matcher(Files.readString(page));
            while (link.find()) {
                if (!link.group(1).contains("://")) {
                    assertThat(page.getParent().resolve(link.group(1)))
                            .as("link in " + page)
                            .exists();
                }
            }
        }
    }

    private static void compile(Snippet snippet, Path classes) {
        String parameters = "Exai " + name(snippet, "exai") + ", Session " + name(snippet, "session")
                + ", FakeProviderServer " + name(snippet, "glm") + ", FakeProviderServer " + name(snippet, "kimi");
        String source = IMPORTS + "public class Page {\n" + "  public static void run(" + parameters
                + ") throws Exception {\n" + snippet.code() + "  }\n}\n";
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of(
                                "-d",
                                classes.toString(),
                                "-proc:none",
                                "-classpath",
                                System.getProperty("java.class.path")),
                        null,
                        List.of(new InMemorySource(source)))
                .call();
        assertThat(compiled).as(snippet + "\n" + messages + "\n" + source).isTrue();
    }

    private static String name(Snippet snippet, String variable) {
        return snippet.declares(variable) ? variable + "OfThePage" : variable;
    }

    private static final class InMemorySource extends SimpleJavaFileObject {
        private final String source;

        InMemorySource(String source) {
            super(URI.create("string:///Page.java"), JavaFileObject.Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}

package dev.exai.examples.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder gives what is in it, and nothing else. */
class FolderTest {
    @TempDir
    Path temporary;

    private Path root;
    private Folder folder;

    @BeforeEach
    void make() throws IOException {
        root = Files.createDirectories(temporary.resolve("root"));
        Files.createDirectories(root.resolve("src/deep"));
        Files.writeString(root.resolve("src/A.java"), "class A {\n  int One = 1;\n}\n");
        Files.writeString(root.resolve("src/deep/B.java"), "class B {}\n");
        Files.writeString(temporary.resolve("secret.txt"), "outside");
        folder = Folder.at(root);
    }

    @Test
    void files_inside_areListedReadAndSearched() throws IOException {
        assertThat(folder.list("")).contains("src/A.java (27 bytes)", "src/deep/B.java");
        assertThat(folder.list("src/deep")).contains("B.java").doesNotContain("A.java");
        assertThat(folder.lines("src/A.java", 2, 1)).isEqualTo("src/A.java, lines 2 to 2 of 3:\n2:   int One = 1;\n");
        assertThat(folder.search("int one", "")).isEqualTo("src/A.java:2: int One = 1;");
        assertThat(folder.search("nowhere", "")).isEqualTo("no line has it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret.txt", "src/../../secret.txt", "/etc/passwd", "src/..", "a/../src/A.java"})
    void paths_thatLeaveOrCould_areRefused(String path) {
        assertThatThrownBy(() -> folder.lines(path, 1, 1)).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> folder.list(path)).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> folder.search("x", path)).isInstanceOf(SecurityException.class);
    }

    @Test
    void links_thatLeadOut_areRefused_thoseInsideAreNot() throws IOException {
        Files.createSymbolicLink(root.resolve("out.txt"), temporary.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("up"), temporary);
        Files.createSymbolicLink(root.resolve("in.java"), root.resolve("src/A.java"));
        Files.createSymbolicLink(root.resolve("nowhere"), root.resolve("gone"));

        assertThatThrownBy(() -> folder.lines("out.txt", 1, 1)).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> folder.lines("up/secret.txt", 1, 1)).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> folder.list("up")).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> folder.lines("nowhere", 1, 1)).isInstanceOf(IOException.class);
        assertThat(folder.lines("in.java", 1, 1)).contains("class A");
        assertThat(folder.list("")).doesNotContain("secret", "out.txt");
        assertThat(folder.search("outside", "")).isEqualTo("no line has it");
    }

    @Test
    void files_thatAreNoTextOrTooLongOrNone_areRefused() throws IOException {
        Files.write(root.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        Files.write(root.resolve("large"), new byte[2 << 20]);

        assertThatThrownBy(() -> folder.lines("binary", 1, 1)).hasMessageContaining("no text");
        assertThatThrownBy(() -> folder.lines("large", 1, 1)).hasMessageContaining("more than 1048576 bytes");
        assertThatThrownBy(() -> folder.lines("src", 1, 1)).hasMessageContaining("is not a file");
        assertThatThrownBy(() -> folder.lines("gone", 1, 1)).hasMessageContaining("there is no gone");
        assertThatThrownBy(() -> folder.lines("a\0b", 1, 1)).hasMessageContaining("not a path");
        assertThat(folder.list("").lines()).hasSize(4);
    }

    @Test
    void folder_ofManyFiles_isCut() throws IOException {
        for (int i = 0; i < 600; i++) {
            Files.writeString(root.resolve("f" + i), "");
        }

        assertThat(folder.list("").lines()).hasSize(501).last().isEqualTo("and more: ask for a folder of it");
    }

    @Test
    void search_ofManyFiles_looksIntoAllOfThem() throws IOException {
        for (int i = 0; i < 700; i++) {
            Files.writeString(root.resolve("f" + i), i % 8 == 0 ? "a needle\n" : "hay\n");
        }

        assertThat(folder.search("needle", "").lines()).hasSize(88).allMatch(line -> line.endsWith("a needle"));
        assertThat(folder.search("nowhere", "")).isEqualTo("no line has it");
        assertThat(folder.search("hay", "").lines())
                .hasSize(101)
                .last()
                .asString()
                .startsWith("and maybe more");
    }

    // What was not looked into is not said to be without it
    @Test
    void search_thatLeavesSomethingOut_saysSo() throws IOException {
        Files.write(root.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        Files.write(root.resolve("large"), new byte[2 << 20]);

        assertThat(folder.search("nowhere", ""))
                .isEqualTo("no line has it\nnot searched: 2 files that are no text, too long or may not be read");
        assertThat(Folder.at(root, 30).search("nowhere", "src"))
                .as("the first file has 27 bytes, so the second one is the last")
                .isEqualTo("no line has it");
        assertThat(Folder.at(root, 20).search("class", "src"))
                .isEqualTo(
                        "src/A.java:1: class A {\nbut only the first 1 files were searched: search in a folder of it");
    }

    @Test
    void lines_manyMoreThanThereAre_areThoseThereAre() throws IOException {
        assertThat(folder.lines("src/A.java", 2, Integer.MAX_VALUE))
                .contains("lines 2 to 3 of 3", "2:   int One", "3: }");
        assertThat(folder.lines("src/A.java", Integer.MAX_VALUE, Integer.MAX_VALUE))
                .doesNotContain("1: ");
    }

    // Addresses with passwords may be there
    @Test
    void git_isNeitherListedNorRead_byWhateverWay() throws IOException {
        Files.createDirectories(root.resolve("src/.git"));
        Files.writeString(root.resolve("src/.git/config"), "url = https://user:password@host\n");
        Files.createSymbolicLink(root.resolve("config"), root.resolve("src/.git/config"));
        Files.writeString(root.resolve(".gitignore"), "target\n");

        assertThatThrownBy(() -> folder.lines("src/.git/config", 1, 1)).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> folder.lines("config", 1, 1)).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> folder.list("src/.git")).isInstanceOf(SecurityException.class);
        assertThat(folder.search("password", "")).isEqualTo("no line has it");
        assertThat(folder.list("")).contains(".gitignore").doesNotContain("config");
    }

    @Test
    void folder_thatMayNotBeRead_hidesNoOther() throws IOException {
        Path closed = Files.createDirectories(root.resolve("closed"));
        Files.setPosixFilePermissions(closed, Set.of());
        try {
            assumeFalse(Files.isReadable(closed), "whoever runs this may read everything");

            assertThat(folder.list("")).contains("src/A.java");
            assertThat(folder.search("class a", "")).contains("src/A.java:1");
            assertThatThrownBy(() -> folder.list("closed")).isInstanceOf(IOException.class);
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }
}

package dev.exai.examples.workflows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A folder whose files may be read, and nothing outside it: no path with {@code ..}, none that begins at the root of the machine,
 * no link that leads out, no device, and nothing of a {@code .git}, where addresses with passwords may be. What is read is bounded,
 * and what was left out for that is said. Whoever can change the folder while it is read is trusted.
 */
public final class Folder {
    private static final int LONGEST_FILE = 1 << 20;
    private static final int MOST_ENTRIES = 500;
    private static final int MOST_LINES = 100;
    private static final int MOST_FILES = 20_000;
    private static final long MOST_BYTES = 64L << 20;
    private static final String GIT = ".git";

    private final Path root;
    private final long mostBytes;

    private Folder(Path root, long mostBytes) {
        this.root = root;
        this.mostBytes = mostBytes;
    }

    /**
     * {@return the folder}
     *
     * @param root where it is
     * @throws IOException if it is not there
     */
    public static Folder at(Path root) throws IOException {
        return at(root, MOST_BYTES);
    }

    /** A folder of which a search reads no more than this, but for its last file. */
    static Folder at(Path root, long mostBytes) throws IOException {
        Path real = root.toRealPath();
        if (!Files.isDirectory(real)) {
            throw new NoSuchFileException(root.toString(), null, "not a folder");
        }
        return new Folder(real, mostBytes);
    }

    /** The real place of a path of the folder; throws if it is outside, by whatever way. */
    private Path inside(String path) throws IOException {
        Path relative;
        try {
            relative = Path.of(path.isBlank() ? "." : path);
        } catch (InvalidPathException e) {
            throw new NoSuchFileException("not a path");
        }
        if (relative.isAbsolute()) {
            throw new SecurityException("paths begin in the folder: " + path + " begins outside it");
        }
        for (Path part : relative) {
            if (part.toString().equals("..")) {
                throw new SecurityException("paths stay in the folder: " + path + " has '..'");
            }
        }
        Path asked = root.resolve(relative);
        if (!Files.exists(asked, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException("there is no " + path);
        }
        Path real = asked.toRealPath();
        if (!real.startsWith(root)) {
            throw new SecurityException("links stay in the folder: " + path + " leads out of it");
        }
        for (Path part : root.relativize(real)) {
            if (isGit(part)) {
                throw new SecurityException("nothing of a .git is read: " + path);
            }
        }
        return real;
    }

    private static boolean isGit(@Nullable Path name) {
        return name != null && name.toString().equalsIgnoreCase(GIT);
    }

    /**
     * {@return lines of a file, with their numbers}
     *
     * @param path the file, seen from the folder
     * @param from the first line, from 1
     * @param count how many lines
     * @throws IOException if it cannot be read, is too long, or is no text
     */
    public String lines(String path, int from, int count) throws IOException {
        List<String> all = text(path).lines().toList();
        int first = Math.max(1, from);
        int last = (int) Math.min(all.size(), first + Math.max(1L, count) - 1);
        StringBuilder text = new StringBuilder(path + ", lines " + first + " to " + last + " of " + all.size() + ":\n");
        for (int line = first; line <= last; line++) {
            text.append(line).append(": ").append(all.get(line - 1)).append('\n');
        }
        return text.toString();
    }

    private String text(String path) throws IOException {
        Path file = inside(path);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(path + " is not a file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes(LONGEST_FILE + 1);
        }
        if (bytes.length > LONGEST_FILE) {
            throw new IOException(path + " has more than " + LONGEST_FILE + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(path + " is no text");
        }
    }

    /**
     * {@return the files under a folder of this one, one a line, with their sizes} Links are not followed, and folders that cannot be
     * read are left out.
     *
     * @param path the folder, seen from this one; empty for this one
     * @throws IOException if it cannot be read
     */
    public String list(String path) throws IOException {
        StringBuilder text = new StringBuilder();
        Found found = files(path);
        for (Entry file : found.files().subList(0, Math.min(found.files().size(), MOST_ENTRIES))) {
            text.append(file.name()).append(" (").append(file.size()).append(" bytes)\n");
        }
        boolean more = found.more() || found.files().size() > MOST_ENTRIES;
        return text + (more ? "and more: ask for a folder of it\n" : "");
    }

    private record Entry(String name, long size) {}

    /** Files in the order of their names, and whether there are more. */
    private record Found(List<Entry> files, boolean more) {}

    private Found files(String path) throws IOException {
        Path start = inside(path);
        List<Entry> files = new ArrayList<>();
        boolean[] more = {false};
        Files.walkFileTree(start, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return isGit(folder.getFileName()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && !isGit(file.getFileName())) {
                    if (files.size() == MOST_FILES) {
                        more[0] = true;
                        return FileVisitResult.TERMINATE;
                    }
                    files.add(new Entry(root.relativize(file).toString(), attributes.size()));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (file.equals(start)) {
                    throw failure;
                }
                return FileVisitResult.CONTINUE; // one that may not be read, or has just gone
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(Comparator.comparing(Entry::name));
        return new Found(files, more[0]);
    }

    /**
     * {@return the lines that have a text in them, with file and number, 100 at most; and what was not searched}
     *
     * @param wanted the text, upper or lower case
     * @param path the folder to look in, seen from this one; empty for this one
     * @throws IOException if it cannot be read
     */
    public String search(String wanted, String path) throws IOException {
        if (wanted.isBlank()) {
            throw new IOException("nothing to search for");
        }
        String lower = wanted.toLowerCase(Locale.ROOT);
        List<String> lines = new ArrayList<>();
        Found found = files(path);
        int searched = 0;
        int leftOut = 0;
        long bytes = 0;
        for (Entry file : found.files()) {
            if (bytes >= mostBytes || lines.size() == MOST_LINES) {
                break;
            }
            searched++;
            try {
                String text = text(file.name());
                bytes += file.size();
                search(lower, file.name(), text, lines);
            } catch (IOException notText) {
                leftOut++;
            }
        }
        if (lines.size() == MOST_LINES) {
            lines.add("and maybe more: search for something rarer, or in a folder of it");
        } else {
            if (lines.isEmpty()) {
                lines.add("no line has it");
            }
            if (found.more() || searched < found.files().size()) {
                lines.add("but only the first " + searched + " files were searched: search in a folder of it");
            }
            if (leftOut > 0) {
                lines.add("not searched: " + leftOut + " files that are no text, too long or may not be read");
            }
        }
        return String.join("\n", lines);
    }

    private static void search(String lower, String name, String text, List<String> found) {
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (found.size() < MOST_LINES && line.toLowerCase(Locale.ROOT).contains(lower)) {
                found.add(name + ":" + number + ": " + line.strip());
            }
        }
    }

    @Override
    public String toString() {
        return "Folder[" + root.getFileName() + "]";
    }
}

package dev.exai.examples.workflows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder whose files may be read, and nothing outside it: no path with {@code ..}, none that begins at the root of the machine,
 * no link that leads out, no device. What is read is bounded. Whoever can change the folder while it is read is trusted.
 */
public final class Folder {
    private static final int LONGEST_FILE = 1 << 20;
    private static final int MOST_ENTRIES = 500;

    private final Path root;

    private Folder(Path root) {
        this.root = root;
    }

    /**
     * {@return the folder}
     *
     * @param root where it is
     * @throws IOException if it is not there
     */
    public static Folder at(Path root) throws IOException {
        Path real = root.toRealPath();
        if (!Files.isDirectory(real)) {
            throw new NoSuchFileException(root.toString(), null, "not a folder");
        }
        return new Folder(real);
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
        return real;
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
        int last = Math.min(all.size(), first + Math.max(1, count) - 1);
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
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_FILE + 1);
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // until it is full or the file has ended
            }
        }
        if (bytes.position() > LONGEST_FILE) {
            throw new IOException(path + " has more than " + LONGEST_FILE + " bytes");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IOException(path + " is no text");
        }
    }

    /**
     * {@return the files under a folder of this one, one a line, with their sizes} Links are not followed.
     *
     * @param path the folder, seen from this one; empty for this one
     * @throws IOException if it cannot be read
     */
    public String list(String path) throws IOException {
        StringBuilder text = new StringBuilder();
        List<Path> files = files(path);
        for (Path file : files.subList(0, Math.min(files.size(), MOST_ENTRIES))) {
            text.append(root.relativize(file))
                    .append(" (")
                    .append(Files.size(file))
                    .append(" bytes)\n");
        }
        return text + (files.size() > MOST_ENTRIES ? "and more: ask for a folder of it\n" : "");
    }

    private List<Path> files(String path) throws IOException {
        Path start = inside(path);
        try (Stream<Path> walk = Files.walk(start, new FileVisitOption[0])) {
            return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> !root.relativize(file).toString().startsWith(".git"))
                    .limit(MOST_ENTRIES + 1L)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * {@return the lines that have a text in them, with file and number, 100 at most}
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
        List<String> found = new ArrayList<>();
        for (Path file : files(path)) {
            String name = root.relativize(file).toString();
            List<String> lines;
            try {
                lines = text(name).lines().toList();
            } catch (IOException notText) {
                continue;
            }
            for (int i = 0; i < lines.size() && found.size() < 100; i++) {
                if (lines.get(i).toLowerCase(Locale.ROOT).contains(lower)) {
                    found.add(name + ":" + (i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        return found.isEmpty() ? "no line has it" : String.join("\n", found);
    }

    @Override
    public String toString() {
        return "Folder[" + root.getFileName() + "]";
    }
}

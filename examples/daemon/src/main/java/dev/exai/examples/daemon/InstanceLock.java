package dev.exai.examples.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that one daemon serves a port, and one has the file of runs: a lock that the system drops with the process, so
 * none is ever stale. The file has the holder's process id.
 */
final class InstanceLock implements AutoCloseable {
    private final FileChannel channel;

    private InstanceLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock of a port.
     *
     * @throws IllegalStateException if another daemon has it; the message names its process
     * @throws IOException if the file cannot be written
     */
    static InstanceLock take(Path folder, int port) throws IOException {
        Path file = folder.resolve("daemon-" + port + ".lock");
        InstanceLock lock = takeIfFree(file);
        if (lock == null) {
            throw new IllegalStateException("another daemon (process " + holder(file) + ") serves port " + port
                    + ": stop it, or choose another port");
        }
        return lock;
    }

    /**
     * Takes a lock, or returns null if another daemon has it.
     *
     * @throws IOException if the file cannot be written
     */
    static @Nullable InstanceLock takeIfFree(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            if (tryLock(channel) == null) {
                return null;
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            taken = true;
            return new InstanceLock(channel);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    /** {@return the process that has a lock, as far as its file says} */
    static String holder(Path file) throws IOException {
        String pid = Files.readString(file).strip();
        return pid.isEmpty() ? "unknown" : pid;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

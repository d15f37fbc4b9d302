package dev.exai.providers.kimi;

import dev.exai.providers.openai.UploadedFile;
import dev.exai.providers.openai.VendorApi;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Files that were uploaded to Kimi: documents whose text it extracts, pictures and films. As with {@link VendorApi}, each
 * question is sent once and ends within its limit, and cancelling its future aborts it. Safe for use by many threads.
 *
 * <p>A document's {@link #content} goes into a system message; a picture or a film goes into a message as a part with
 * the address {@link #address}.
 */
public final class KimiFiles {
    private static final String PATH = "/files";

    private final VendorApi api;

    KimiFiles(VendorApi api) {
        this.api = api;
    }

    /** What a file is for. */
    public enum Purpose {
        /** A document, whose text is wanted. */
        EXTRACT("file-extract"),
        /** A picture. */
        IMAGE("image"),
        /** A film. */
        VIDEO("video");

        private final String word;

        Purpose(String word) {
            this.word = word;
        }
    }

    /**
     * {@return what Kimi says of a file that was uploaded} Kimi takes 100 MB a file, and 1,000 files.
     *
     * @param fileName what it is called; its ending tells Kimi what it is
     * @param file its bytes; not copied
     * @param purpose what it is for
     * @param limit the most time that it may take
     */
    public CompletableFuture<UploadedFile> upload(String fileName, byte[] file, Purpose purpose, Duration limit) {
        return api.upload(PATH, purpose.word, fileName, file, limit);
    }

    /**
     * {@return the files that are there}
     *
     * @param limit the most time that it may take
     */
    public CompletableFuture<List<UploadedFile>> list(Duration limit) {
        return api.parsed(api.get(PATH, limit), UploadedFile::parseAll);
    }

    /**
     * {@return what Kimi says of a file}
     *
     * @param id its id
     * @param limit the most time that it may take
     */
    public CompletableFuture<UploadedFile> get(String id, Duration limit) {
        return api.parsed(api.get(PATH + "/" + id, limit), UploadedFile::parse);
    }

    /**
     * {@return the text of a document that was uploaded for it}
     *
     * @param id its id
     * @param limit the most time that it may take
     */
    public CompletableFuture<String> content(String id, Duration limit) {
        return api.document(PATH + "/" + id + "/content", limit);
    }

    /**
     * Deletes a file.
     *
     * @param id its id
     * @param limit the most time that it may take
     * @return done, when it is deleted
     */
    public CompletableFuture<Void> delete(String id, Duration limit) {
        return api.parsedVoid(api.delete(PATH + "/" + id, limit));
    }

    /**
     * {@return the address by which a message can have a picture or a film that was uploaded as a part}
     *
     * @param id its id
     */
    public static String address(String id) {
        return "ms://" + id;
    }

    @Override
    public String toString() {
        return "KimiFiles";
    }
}

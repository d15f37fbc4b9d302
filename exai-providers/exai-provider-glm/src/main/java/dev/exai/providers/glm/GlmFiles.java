package dev.exai.providers.glm;

import dev.exai.providers.openai.UploadedFile;
import dev.exai.providers.openai.VendorApi;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Files that were uploaded to GLM. As with {@link VendorApi}, each question is sent once and ends within its limit, and
 * cancelling its future aborts it. Safe for use by many threads.
 */
public final class GlmFiles {
    private static final String PATH = "/files";

    private final VendorApi api;

    GlmFiles(VendorApi api) {
        this.api = api;
    }

    /**
     * {@return what GLM says of a file that was uploaded}
     *
     * @param fileName what it is called
     * @param file its bytes; not copied
     * @param purpose what it is for, as GLM names it, for example {@code user_data} or {@code agent}
     * @param limit the most time that it may take
     */
    public CompletableFuture<UploadedFile> upload(String fileName, byte[] file, String purpose, Duration limit) {
        return api.upload(PATH, purpose, fileName, file, limit);
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
     * Deletes a file.
     *
     * @param id its id
     * @param limit the most time that it may take
     * @return done, when it is deleted
     */
    public CompletableFuture<Void> delete(String id, Duration limit) {
        return api.parsedVoid(api.delete(PATH + "/" + id, limit));
    }

    @Override
    public String toString() {
        return "GlmFiles";
    }
}

package dev.exai.testkit.http;

import java.util.Objects;

/**
 * One error that a vendor documents, or was seen to send: for scripts ({@link HttpScript#error}), and for tests that
 * go through all of them ({@link WireFormat#errors}).
 *
 * @param name the vendor's own code or type; where one comes in several forms, a colon and which one
 * @param status the HTTP status
 * @param retryable whether sending the request again later can help
 * @param message words in the manner of the vendor's
 */
public record VendorError(String name, int status, boolean retryable, String message) {
    /**
     * Creates an error.
     *
     * @param name the vendor's own code or type
     * @param status the HTTP status
     * @param retryable whether sending the request again later can help
     * @param message words in the manner of the vendor's
     */
    public VendorError {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(message, "message");
    }

    /** {@return the code or type, without which form of it this is} */
    String code() {
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }

    static VendorError lasting(String name, int status, String message) {
        return new VendorError(name, status, false, message);
    }

    static VendorError passing(String name, int status, String message) {
        return new VendorError(name, status, true, message);
    }
}

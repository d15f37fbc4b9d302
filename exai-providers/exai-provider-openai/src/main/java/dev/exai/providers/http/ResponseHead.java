package dev.exai.providers.http;

import java.util.Optional;

/** The status and the headers of a response. */
public interface ResponseHead {
    /** {@return the HTTP status} */
    int status();

    /**
     * {@return a header's last value, if it is there}
     *
     * @param name its name, in any case
     */
    Optional<String> header(String name);

    /** {@return how many bytes the body has, as the head says; -1 if it does not say} */
    default long bodyLength() {
        return -1;
    }

    /** {@return whether the status is one of success} */
    default boolean isSuccess() {
        return status() >= 200 && status() < 300;
    }
}

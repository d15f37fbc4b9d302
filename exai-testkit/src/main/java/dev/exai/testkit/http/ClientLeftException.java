package dev.exai.testkit.http;

import java.io.IOException;

/** Thrown when the client has closed or reset its connection, or its stream. */
final class ClientLeftException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientLeftException() {
        super("the client is gone");
    }
}

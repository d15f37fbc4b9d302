package dev.exai.testkit.http;

/** What a stream may hold besides frames: seen at real servers and proxies, or near to what was seen. */
public enum Garbage {
    /** A frame whose JSON breaks off. */
    BROKEN_JSON("data: {\"choices\":[{\"delta\":{\"content\":\"tor\n\n"),
    /** A frame with two JSON objects in it. */
    GLUED_FRAMES("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}{\"choices\":[{\"index\":0,"
            + "\"delta\":{\"content\":\"b\"}}]}\n\n"),
    /** A frame that has null in place of its choices. */
    NULL_CHOICES("data: {\"choices\":null}\n\n"),
    /** A frame that is JSON and no object. */
    NO_OBJECT("data: [1,2,3]\n\n"),
    /** A frame without anything in it. */
    EMPTY("data:\n\n"),
    /** A page of HTML, as proxies put into what they forward. */
    HTML("<html><head><title>502 Bad Gateway</title></head><body></body></html>\n\n"),
    /** Letters that no text has, and no line that means anything. */
    BINARY("\u0000\u0001\u001f\ufffd\u0000\n\n"),
    /** A line of a megabyte. */
    ENDLESS_LINE("data: " + "x".repeat(1024 * 1024) + "\n\n");

    private final String text;

    Garbage(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}

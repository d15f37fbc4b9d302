package dev.exai.examples.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A server of its own process that answers chats at once, with bytes that were made beforehand: a whole reply, or a
 * stream of which all pieces come in one burst. Prints its port, and ends with its standard input.
 */
public final class ChatServer {
    /** How many pieces with text a stream has. */
    static final int PIECES = 2_000;

    private static final String HEAD = "{\"id\":\"chatcmpl-0123456789\",\"object\":\"chat.completion";
    private static final String REST = "\"created\":1790000000,\"model\":\"benchmark\",";
    private static final byte[] WHOLE = whole();
    private static final byte[] STREAM = stream();

    private ChatServer() {}

    /**
     * Serves.
     *
     * @param args none
     * @throws IOException if there is no port to be had
     */
    public static void main(String[] args) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        System.out.println(listener.getLocalPort());
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // whoever started this is still there
                }
            } catch (IOException gone) {
                // so it is not
            }
            System.exit(0);
        });
        watch.setDaemon(true);
        watch.start();
        while (true) {
            Socket socket = listener.accept();
            socket.setTcpNoDelay(true);
            Thread thread = new Thread(() -> serve(socket));
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String request = read(in); !request.isEmpty(); request = read(in)) {
                out.write(request.contains("\"stream\":true") ? STREAM : WHOLE);
                out.flush();
            }
        } catch (IOException left) {
            // nobody waits for an answer
        }
    }

    /** {@return the body of the next request; empty if there is none} */
    private static String read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.append((char) b);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length:");
        int length = Integer.parseInt(
                lower.substring(at + 15, lower.indexOf('\r', at)).strip());
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static byte[] whole() {
        String body = HEAD + "\"," + REST
                + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello! How can I help you"
                + " today?\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":10,\"total_tokens\":29}}";
        return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] stream() {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < PIECES; i++) {
            piece(body, "\"delta\":{\"content\":\" word" + i % 100 + "\"},\"logprobs\":null,\"finish_reason\":null");
        }
        piece(body, "\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"");
        body.append("data: [DONE]\n\n");
        return ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void piece(StringBuilder body, String choice) {
        body.append("data: ")
                .append(HEAD)
                .append(".chunk\",")
                .append(REST)
                .append("\"choices\":[{\"index\":0,")
                .append(choice)
                .append("}]}\n\n");
    }
}

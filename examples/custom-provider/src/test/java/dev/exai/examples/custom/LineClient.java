package dev.exai.examples.custom;

import dev.exai.message.Chunk;
import dev.exai.testkit.contract.provider.UpstreamAnswer;
import dev.exai.testkit.http.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One client of {@link LineServer}, and the answer that it gets. */
final class LineClient {
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final Socket socket;
    private final BufferedReader in;
    private boolean byteByByte;

    LineClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Reads a request, without its key and its last line. */
    String readRequest() throws IOException {
        StringBuilder lines = new StringBuilder();
        String line = in.readLine(); // the key
        for (line = in.readLine(); !"GO".equals(line); line = in.readLine()) {
            if (line == null) {
                throw new IOException("left");
            }
            lines.append(lines.isEmpty() ? "" : "\n").append(line);
        }
        return lines.toString();
    }

    void play(UpstreamAnswer answer) throws IOException {
        byteByByte = answer.isByteByByte();
        pause(answer.delay());
        if (answer.isAccepted()) {
            send("OK");
        }
        for (Chunk piece : answer.pieces()) {
            pause(answer.pause());
            send("T " + textOf(piece));
        }
        switch (answer.ending()) {
            case WHOLE -> send("END stop 3 " + answer.pieces().size());
            case AT_LENGTH -> send("END length 3 " + answer.pieces().size());
            case SILENCE -> pause(FOR_EVER);
            case KEEP_ALIVES -> {
                while (true) {
                    send("-");
                    pause(Duration.ofMillis(5));
                }
            }
            case LOST, EARLY -> {} // the socket is closed, and that is all that can be seen
            case GARBAGE -> send("?? " + answer.words().orElse("garbage"));
            case REFUSAL ->
                send("NO " + reasonOf(answer.refusal().orElseThrow()) + " " + retryAfterOf(answer) + " "
                        + answer.words().orElse("no"));
        }
    }

    private static String textOf(Chunk piece) {
        StringBuilder text = new StringBuilder();
        piece.accept(new Chunk.Visitor() {
            @Override
            public void text(Chunk.Text chunk) {
                text.append(LineFormat.escape(chunk.text()));
            }
        });
        return text.toString();
    }

    static String reasonOf(Refusal refusal) {
        return switch (refusal) {
            case CONCURRENCY -> "busy";
            case REQUEST_RATE -> "often";
            case QUOTA_EXHAUSTED -> "poor";
            case BAD_KEY -> "key";
            case BAD_PARAMETER, PROMPT_TOO_LONG, MODEL_NOT_FOUND -> "bad";
            case SERVER_ERROR, OVERLOADED -> "down";
            default -> throw new UnsupportedOperationException("no word for " + refusal);
        };
    }

    private static String retryAfterOf(UpstreamAnswer answer) {
        return answer.retryAfter().map(time -> Long.toString(time.toSeconds())).orElse("-");
    }

    private void send(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        if (!byteByByte) {
            socket.getOutputStream().write(bytes);
            return;
        }
        for (byte each : bytes) {
            socket.getOutputStream().write(each);
        }
    }

    /** Lets time pass while the client stays. */
    private void pause(Duration time) throws IOException {
        if (time.isZero()) {
            return;
        }
        socket.setSoTimeout(Math.toIntExact(time.toMillis()));
        try {
            if (in.read() < 0) {
                throw new IOException("left");
            }
        } catch (SocketTimeoutException stillThere) {
            // as it should be
        }
    }
}

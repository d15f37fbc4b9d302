package dev.exai.examples.custom;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.ProviderException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.message.Chunk;
import dev.exai.spi.ApiKey;
import dev.exai.spi.Exchange;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question under way. Its own thread alone tells the sink, so there is one end, and nothing after it. */
final class LineExchange implements Exchange, Runnable {
    private final InetSocketAddress server;
    private final ApiKey key;
    private final ProviderCall call;
    private final ReplySink sink;
    private final Consumer<LineExchange> whenOver;
    private final Socket socket = new Socket();
    private volatile boolean aborted;

    LineExchange(
            InetSocketAddress server, ApiKey key, ProviderCall call, ReplySink sink, Consumer<LineExchange> whenOver) {
        this.server = server;
        this.key = key;
        this.call = call;
        this.sink = sink;
        this.whenOver = whenOver;
    }

    /** Closes the socket, which waits for nobody and ends whatever the thread is waiting for: connect, write or read. */
    @Override
    public void abort() {
        aborted = true;
        closeSocket();
    }

    private void closeSocket() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no more use either way
        }
    }

    @Override
    public void run() {
        Runnable end;
        try {
            end = talk();
        } catch (IOException e) {
            end = aborted ? sink::aborted : failed(unavailable("the connection broke", e));
        } catch (Throwable e) { // a sink that throws, or a mistake of ours: the end is owed all the same
            end = failed(unavailable("the answer could not be taken", null));
        } finally {
            closeSocket();
            whenOver.accept(this);
        }
        try {
            end.run();
        } catch (RuntimeException e) {
            // a sink must not throw, and has been told
        }
    }

    /** {@return how to tell the end} */
    private Runnable talk() throws IOException {
        try {
            socket.connect(server, connectMillis());
        } catch (SocketTimeoutException e) {
            return () -> sink.timedOut(
                    new AttemptTimeoutException(AttemptTimeoutException.Limit.CONNECT, call.connectLimit()));
        }
        socket.getOutputStream().write(LineFormat.question(call, key).getBytes(StandardCharsets.UTF_8));
        InputStream in = new BufferedInputStream(socket.getInputStream());
        while (true) {
            Optional<LineFormat.Line> line;
            try {
                line = LineFormat.read(in);
            } catch (LineFormat.NotOursException e) {
                return failed(new MalformedReplyException(error("not a line of the protocol"), null));
            }
            if (line.isEmpty()) {
                return failed(unavailable("the answer ends too early", null));
            }
            Runnable end = take(line.get());
            if (end != null) {
                return end;
            }
        }
    }

    /** 0 would mean for ever. */
    private int connectMillis() {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, call.connectLimit().toMillis()));
    }

    /** {@return how to tell the end, if this line is it} */
    private @Nullable Runnable take(LineFormat.Line line) {
        switch (line.kind()) {
            case OK -> sink.opened();
            case TEXT -> sink.chunk(Chunk.text(line.text()));
            case KEEP_ALIVE -> {} // no piece of the answer
            case END -> {
                ReplyEnd end = line.end().withServedModel(call.model().id());
                return () -> sink.completed(end);
            }
            case REFUSED -> {
                return failed(LineErrors.toException(line, error(key.redactFrom(line.text()))));
            }
        }
        return null;
    }

    private Runnable failed(ProviderException failure) {
        return () -> sink.failed(failure);
    }

    private static UnavailableException unavailable(String what, @Nullable Exception cause) {
        return new UnavailableException(error(what), cause);
    }

    private static UpstreamError error(String words) {
        return UpstreamError.of(LineProvider.NAME).withMessage(words);
    }

    @Override
    public String toString() {
        return "LineExchange[" + call.attemptId() + "]";
    }
}

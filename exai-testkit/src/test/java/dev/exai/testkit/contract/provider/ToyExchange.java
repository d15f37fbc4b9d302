package dev.exai.testkit.contract.provider;

import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.AuthenticationException;
import dev.exai.error.MalformedReplyException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.spi.Exchange;
import dev.exai.spi.ProviderCall;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import dev.exai.testkit.contract.provider.UpstreamAnswer.Ending;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One exchange of {@link ToyProvider}, with a thread of its own, which alone tells the sink. */
final class ToyExchange implements Exchange, Runnable {
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final ToyProvider provider;
    private final ProviderCall call;
    private final ReplySink sink;
    private final Socket socket = new Socket();
    private final CountDownLatch aborted = new CountDownLatch(1);
    private final CountDownLatch headers = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final ReentrantLock sinkLock = new ReentrantLock();
    private final AtomicBoolean counted = new AtomicBoolean();
    private volatile boolean started;
    private volatile boolean ended;
    private boolean saidOpened;
    private @Nullable Chunk heldBack;
    private boolean dropNext;

    /** Thrown where the exchange finds that it was aborted. */
    private static final class AbortedException extends Exception {}

    ToyExchange(ToyProvider provider, ProviderCall call, ReplySink sink) {
        this.provider = provider;
        this.call = call;
        this.sink = sink;
    }

    private boolean has(Bug bug) {
        return provider.has(bug);
    }

    @Override
    public void run() {
        try {
            String prompt = call.request()
                    .messages()
                    .get(call.request().messages().size() - 1)
                    .text();
            if (has(Bug.ONE_FIELD_FOR_ALL)) {
                provider.lastPrompt = prompt;
                TimeUnit.MILLISECONDS.sleep(5);
                prompt = provider.lastPrompt;
            }
            if (has(Bug.EARLY_ABORT_IS_FORGOTTEN)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            started = true;
            connect();
            UpstreamAnswer answer = provider.upstream.answerTo(prompt);
            send();
            if (has(Bug.RETRIES) && answer.ending() == Ending.REFUSAL) {
                provider.upstream.requests.add(provider.requestOf(call));
            }
            play(answer);
        } catch (AbortedException e) {
            if (!has(Bug.TELLS_THE_ABORT_AT_ONCE) && !has(Bug.EACH_ABORT_TELLS_AN_END)) {
                end(sink::aborted);
            }
        } catch (AttemptTimeoutException e) {
            end(() -> sink.timedOut(e));
        } catch (ProviderException e) {
            fail(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (RuntimeException e) {
            if (!has(Bug.DIES_IF_THE_SINK_THROWS)) {
                fail(new UnavailableException(error("the sink threw"), null));
            }
        } finally {
            leaveUpstream();
            headers.countDown();
            over.countDown();
        }
    }

    private void connect() throws AbortedException {
        if (provider.address == null) {
            return;
        }
        Duration limit = has(Bug.CONNECT_LIMIT_IS_ITS_OWN) ? Duration.ofMillis(100) : call.connectLimit();
        try (socket) {
            socket.connect(provider.address, (int) limit.toMillis());
        } catch (SocketTimeoutException e) {
            if (has(Bug.CONNECT_LIMIT_IS_UNAVAILABLE)) {
                throw new UnavailableException(error("no connection in time"), e);
            }
            throw new AttemptTimeoutException(AttemptTimeoutException.Limit.CONNECT, limit);
        } catch (ConnectException e) {
            throw has(Bug.NO_CONNECTION_IS_MALFORMED)
                    ? new MalformedReplyException(error("no connection"), e)
                    : new UnavailableException(error("no connection"), e);
        } catch (IOException e) {
            throw new AbortedException();
        }
    }

    private void send() throws AbortedException {
        checkAborted();
        provider.upstream.requests.add(provider.requestOf(call));
        provider.upstream.inFlight.incrementAndGet();
        counted.set(true);
    }

    private void leaveUpstream() {
        if (has(Bug.ABORT_LEAVES_THE_CONNECTION) && aborted.getCount() == 0) {
            return;
        }
        if (counted.getAndSet(false)) {
            provider.upstream.inFlight.decrementAndGet();
        }
    }

    // ---- the answer

    private void play(UpstreamAnswer answer) throws AbortedException, InterruptedException {
        await(answer.delay());
        if (has(Bug.CONNECT_LIMIT_COVERS_THE_ANSWER) && answer.delay().compareTo(call.connectLimit()) > 0) {
            throw new AttemptTimeoutException(AttemptTimeoutException.Limit.CONNECT, call.connectLimit());
        }
        if (answer.isAccepted() || has(Bug.OPENED_THOUGH_REFUSED)) {
            headers.countDown();
            if (!has(Bug.OPENED_LATE) && !has(Bug.OPENED_WITH_THE_FIRST_PIECE)) {
                sayOpened();
            }
        }
        for (Chunk piece : answer.pieces()) {
            awaitPiece(answer.pause());
            say(piece);
        }
        ending(answer);
    }

    private void awaitPiece(Duration pause) throws AbortedException, InterruptedException {
        if (has(Bug.KEEPS_THE_SILENCE_LIMIT) && pause.compareTo(call.limits().silence()) > 0) {
            throw new AttemptTimeoutException(
                    AttemptTimeoutException.Limit.SILENCE, call.limits().silence());
        }
        if (has(Bug.ABORT_SEEN_IN_SILENCE_ONLY)) {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } else {
            await(pause);
        }
    }

    private void sayOpened() {
        if (!saidOpened) {
            saidOpened = true;
            if (has(Bug.OPENED_TWICE)) {
                tell(sink::opened);
            }
            tell(sink::opened);
        }
    }

    private void say(Chunk piece) {
        if (has(Bug.OPENED_WITH_THE_FIRST_PIECE)) {
            sayOpened();
        }
        if (has(Bug.FUNCTIONS_ARE_LOST) && piece instanceof Chunk.FunctionPiece) {
            return;
        }
        if (has(Bug.PLAIN_LETTERS_ONLY) && piece instanceof Chunk.Text text) {
            tellPiece(Chunk.text(text.text().replaceAll("[^\\x20-\\x7e]", "?")));
            return;
        }
        Chunk told = has(Bug.REASONING_IS_TEXT) && piece instanceof Chunk.Reasoning reasoning
                ? Chunk.text(reasoning.text())
                : piece;
        if (has(Bug.MERGES_OUT_OF_ORDER) && heldBack == null) {
            heldBack = told;
            return;
        }
        long start = System.nanoTime();
        tellPiece(told);
        if (has(Bug.DROPS_PIECES_IF_THE_SINK_IS_SLOW) && System.nanoTime() - start > 100_000) {
            heldBack = null;
            dropNext = true;
        }
        if (has(Bug.OPENED_LATE)) {
            sayOpened();
        }
        if (heldBack != null) {
            Chunk late = heldBack;
            heldBack = null;
            tellPiece(late);
        }
    }

    private void tellPiece(Chunk piece) {
        if (dropNext) {
            dropNext = false;
            return;
        }
        if (has(Bug.TELLS_PIECES_FROM_A_POOL)) {
            provider.few.execute(() -> tell(() -> sink.chunk(piece)));
        } else {
            tell(() -> sink.chunk(piece));
        }
    }

    private void tell(Runnable what) {
        ReentrantLock lock = has(Bug.ONE_LOCK_FOR_ALL_SINKS) ? provider.sinksLock : sinkLock;
        boolean locked = has(Bug.ONE_LOCK_FOR_ALL_SINKS) || has(Bug.ABORT_TAKES_THE_SINKS_LOCK);
        if (locked) {
            lock.lock();
        }
        try {
            what.run();
        } finally {
            if (locked) {
                lock.unlock();
            }
        }
    }

    private void ending(UpstreamAnswer answer) throws AbortedException, InterruptedException {
        switch (answer.ending()) {
            case WHOLE, AT_LENGTH -> {
                checkAborted();
                complete(answer);
            }
            case SILENCE -> await(FOR_EVER);
            case KEEP_ALIVES -> {
                while (true) {
                    await(Duration.ofMillis(5));
                    if (has(Bug.KEEP_ALIVE_IS_A_PIECE)) {
                        tell(() -> sink.chunk(Chunk.text("")));
                    }
                }
            }
            case LOST, EARLY -> {
                if (has(Bug.CUT_SHORT_IS_WHOLE)) {
                    complete(answer);
                } else {
                    throw new UnavailableException(error("cut short"), null);
                }
            }
            case GARBAGE -> {
                if (has(Bug.GARBAGE_IS_SKIPPED)) {
                    complete(answer);
                } else {
                    String words =
                            has(Bug.GARBAGE_IN_THE_EXCEPTION) ? answer.words().orElse("") : "not a frame";
                    throw new MalformedReplyException(error(words), null);
                }
            }
            case REFUSAL -> {
                if (has(Bug.ERROR_IN_MID_ANSWER_IS_THE_END) && !answer.pieces().isEmpty()) {
                    complete(answer);
                } else {
                    throw refusal(answer);
                }
            }
        }
    }

    private void complete(UpstreamAnswer answer) {
        boolean functions = answer.pieces().stream().anyMatch(Chunk.FunctionPiece.class::isInstance);
        FinishReason reason = functions ? FinishReason.FUNCTION_CALLS : FinishReason.STOP;
        if (answer.ending() == Ending.AT_LENGTH && !has(Bug.ALWAYS_STOP)) {
            reason = FinishReason.LENGTH;
        }
        Usage usage = has(Bug.NO_USAGE)
                ? Usage.none()
                : Usage.of(1, 0, 1 + answer.pieces().size(), 0);
        ReplyEnd whole = ReplyEnd.of(reason, usage);
        end(() -> sink.completed(whole));
        if (has(Bug.TELLS_A_PIECE_AFTER_THE_END)) {
            sink.chunk(Chunk.text("late"));
        }
    }

    private void fail(ProviderException failure) {
        if (has(Bug.SWALLOWS_THE_END_OF_FAILURES)) {
            return;
        }
        end(() -> sink.failed(failure));
        if (has(Bug.TELLS_TWO_ENDS)) {
            sink.aborted();
        }
    }

    private void end(Runnable telling) {
        if (ended) {
            return;
        }
        if (has(Bug.ABORT_AND_END_RACE)) {
            pause(300);
        }
        ended = true;
        provider.over(this);
        leaveUpstream();
        tell(telling);
    }

    // ---- errors

    private UpstreamError error(String words) {
        String name = has(Bug.SAYS_ANOTHER_NAME) ? "somebody" : "toy";
        return UpstreamError.of(name).withMessage(words);
    }

    private ProviderException refusal(UpstreamAnswer answer) {
        String said = answer.words().orElse("no");
        UpstreamError error = error(has(Bug.KEY_IN_THE_UPSTREAMS_WORDS) ? said : said.replace(provider.key, "[key]"));
        Duration retryAfter =
                has(Bug.RETRY_AFTER_IS_LOST) ? null : answer.retryAfter().orElse(null);
        if (has(Bug.RETRY_AFTER_IS_MADE_UP) && retryAfter == null) {
            retryAfter = Duration.ofSeconds(1);
        }
        RateLimitedException limited = new RateLimitedException(error, RateLimitedException.Scope.UNKNOWN, retryAfter);
        UnavailableException unavailable = new UnavailableException(error, null, retryAfter);
        return switch (answer.refusal().orElseThrow()) {
            case CONCURRENCY, REQUEST_RATE, TOKEN_RATE -> has(Bug.RATE_LIMIT_IS_UNAVAILABLE) ? unavailable : limited;
            case QUOTA_EXHAUSTED, WINDOW_USED_UP, DAILY_LIMIT ->
                has(Bug.QUOTA_IS_A_RATE_LIMIT) ? limited : new QuotaExhaustedException(error, null);
            case MISSING_KEY, BAD_KEY, FORBIDDEN ->
                has(Bug.BAD_KEY_IS_REJECTED) ? new RejectedException(error) : new AuthenticationException(error);
            case BAD_PARAMETER, PROMPT_TOO_LONG, CONTENT_FILTER, MODEL_NOT_FOUND, PATH_NOT_FOUND ->
                has(Bug.BAD_REQUEST_IS_UNAVAILABLE) ? unavailable : new RejectedException(error);
            case OVERLOADED, SERVER_ERROR, GATEWAY_TIMEOUT -> has(Bug.OVERLOAD_IS_A_RATE_LIMIT) ? limited : unavailable;
        };
    }

    // ---- abort

    private void checkAborted() throws AbortedException {
        if (aborted.getCount() == 0) {
            throw new AbortedException();
        }
    }

    private void await(Duration time) throws AbortedException, InterruptedException {
        boolean deaf = has(Bug.ABORT_SEEN_BETWEEN_PIECES_ONLY) && time.equals(FOR_EVER);
        if (deaf) {
            Thread.sleep(time.toMillis());
        }
        if (time.isZero() ? aborted.getCount() == 0 : aborted.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AbortedException();
        }
    }

    void awaitHeaders() {
        AbortRules.awaitQuietly(headers);
    }

    void join() {
        if (has(Bug.CLOSE_WAITS)) {
            pause(Long.MAX_VALUE);
        }
        AbortRules.awaitQuietly(over);
    }

    private static void pause(long micros) {
        try {
            TimeUnit.MICROSECONDS.sleep(micros);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void abort() {
        if (has(Bug.EARLY_ABORT_IS_FORGOTTEN) && !started) {
            return;
        }
        if (has(Bug.ABORT_AFTER_THE_END_THROWS) && ended) {
            throw new IllegalStateException("it is over");
        }
        if (has(Bug.ABORT_WAITS_FOR_THE_UPSTREAM) && headers.getCount() > 0) {
            AbortRules.awaitQuietly(headers);
        }
        boolean first = aborted.getCount() > 0;
        if (has(Bug.EACH_ABORT_TELLS_AN_END) || (has(Bug.TELLS_THE_ABORT_AT_ONCE) && first && !ended)) {
            aborted.countDown();
            sink.aborted();
        }
        if (has(Bug.ABORT_AND_END_RACE)) {
            end(sink::aborted);
        }
        if (has(Bug.ABORT_TAKES_THE_SINKS_LOCK)) {
            sinkLock.lock();
            sinkLock.unlock();
        }
        aborted.countDown();
        if (provider.address != null && !has(Bug.ABORT_CANNOT_STOP_CONNECTING)) {
            closeQuietly();
        }
        if (has(Bug.ABORT_WAITS_FOR_THE_THREAD)) {
            AbortRules.awaitQuietly(over);
        }
    }

    private void closeQuietly() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        List<?> shown = has(Bug.PROMPT_IN_TO_STRING)
                ? call.request().messages().stream()
                        .map(message -> message.text())
                        .toList()
                : List.of();
        return "ToyExchange" + shown;
    }
}

package dev.exai.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exai.context.ProviderId;
import dev.exai.context.SessionId;
import dev.exai.error.CallCancelledException;
import dev.exai.error.ReplyTooLargeException;
import dev.exai.message.ChatReply;
import dev.exai.message.Chunk;
import dev.exai.message.FinishReason;
import dev.exai.message.FunctionCall;
import dev.exai.message.ModelChoice;
import dev.exai.message.Usage;
import dev.exai.model.Route;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ReplyEnd;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReplyBufferTest {
    private static final Route ROUTE =
            Route.of(ProviderId.of("glm"), ModelInfo.builder("m").build());
    private static final ReplyEnd END = ReplyEnd.of(FinishReason.STOP, Usage.of(1, 0, 1, 0));

    private static final long LIMIT = 1_000;

    private final Scope scope = new Scope();
    private final ReplyBuffer buffer = new ReplyBuffer(scope, LIMIT);

    @Test
    @DisplayName("I8: a piece of an attempt that was started over is dropped: the reply is whole, not doubled")
    void add_ofTheAttemptBefore_isDropped() {
        assertThat(buffer.add(1, Chunk.text("he")).isKept()).isTrue();
        assertThat(restart()).isTrue();

        assertThat(buffer.add(1, Chunk.text("stale"))).isEqualTo(new ReplyBuffer.Added(false, null));
        assertThat(buffer.add(2, Chunk.text("hello")).isKept()).isTrue();

        assertThat(buffer.toReply(ROUTE, END, ModelChoice.notTold()).text()).isEqualTo("hello");
    }

    @Test
    @DisplayName("I8: reach | restart: a piece that a listener is about to get forbids the restart")
    void restart_afterAPieceReachedTheCaller_isRefused() {
        buffer.add(1, Chunk.text("he"));
        assertThat(buffer.reach(1)).isTrue();

        assertThat(restart()).isFalse();
        assertThat(buffer.toReply(ROUTE, END, ModelChoice.notTold()).text()).isEqualTo("he");
    }

    @Test
    @DisplayName("I8: restart | reach: a piece that was on its way to a listener is not given after the restart")
    void reach_afterTheRestart_isRefused() {
        buffer.add(1, Chunk.text("he"));

        assertThat(restart()).isTrue();

        assertThat(buffer.reach(1)).isFalse();
        assertThat(restart())
                .as("nothing of the second attempt has reached anyone")
                .isTrue();
    }

    @Test
    @DisplayName("I8: where the caller allows it, whoever reads is told that the answer begins anew")
    void restart_allowedAfterOutput_marksWhereTheAnswerBeginsAnew() {
        buffer.add(1, Chunk.text("he"));
        Iterator<Chunk> reader = reader();
        reader.next();

        assertThat(buffer.restart(true)).isEqualTo(ReplyBuffer.Restart.TOLD);
        buffer.add(2, Chunk.text("unseen"));
        assertThat(buffer.restart(true)).isEqualTo(ReplyBuffer.Restart.UNSEEN);
        buffer.add(3, Chunk.text("hello"));
        buffer.end(null, false);

        assertThat(reader.next()).isEqualTo(Chunk.startedOver());
        assertThat(((Chunk.Text) reader.next()).text()).isEqualTo("hello");
        assertThat(reader.hasNext()).isFalse();
        assertThat(buffer.toReply(ROUTE, END, ModelChoice.notTold()).text()).isEqualTo("hello");
        assertThat(scope.bytes).isZero();
    }

    @Test
    @DisplayName("I12: what is void counts until the end, so that starting over cannot be a way around the limit")
    void restart_allowedAfterOutput_countsWhatReadersMayHold() {
        long one = Chunk.text("abc").sizeInBytes();
        buffer.add(1, Chunk.text("abc"));
        buffer.reach(1);
        buffer.restart(true);
        buffer.add(2, Chunk.text("abc"));
        assertThat(scope.bytes).isEqualTo(2 * one);

        buffer.restart(true);

        assertThat(scope.bytes).isEqualTo(one);
        buffer.end(null, false);
        assertThat(scope.bytes).isZero();
    }

    @Test
    void restart_afterAReaderTookAPiece_isRefused() {
        buffer.add(1, Chunk.text("he"));
        Iterator<Chunk> reader = reader();
        assertThat(reader.hasNext()).isTrue();
        assertThat(restart()).as("seen to be there, not taken").isTrue();
        buffer.add(2, Chunk.text("hello"));

        assertThat(((Chunk.Text) reader.next()).text()).isEqualTo("hello");
        assertThat(restart()).isFalse();
    }

    @Test
    @DisplayName("I12: bytes are counted with the session, and all given back")
    void bytes_everyWayOut_areGivenBack() {
        buffer.add(1, Chunk.text("abc"));
        assertThat(scope.bytes).isEqualTo(Chunk.text("abc").sizeInBytes());
        restart();
        assertThat(scope.bytes).isZero();
        buffer.add(2, Chunk.text("abc"));
        buffer.end(null, false);
        assertThat(scope.bytes).isZero();
        buffer.end(null, false);
        assertThat(scope.bytes).isZero();
        assertThat(buffer.add(2, Chunk.text("late")).isKept()).isFalse();
        assertThat(scope.bytes).isZero();
    }

    @Test
    void add_tooLarge_saysWhichLimitAndCountsNothing() {
        ReplyBuffer.Added ofCall = buffer.add(1, Chunk.text("x".repeat(501)));
        scope.isFull = true;
        ReplyBuffer.Added ofSession = buffer.add(1, Chunk.text("x"));

        assertThat(ofCall.isKept()).isFalse();
        assertThat(ofCall.failure())
                .isInstanceOfSatisfying(
                        ReplyTooLargeException.class,
                        large -> assertThat(large.limitBytes()).isEqualTo(LIMIT))
                .hasMessageContaining("call's buffer of 1000 bytes");
        assertThat(ofSession.failure()).hasMessageContaining("session's buffer of 777 bytes");
        assertThat(scope.bytes).isZero();
    }

    @Test
    @DisplayName("I12: pieces without any content are counted too, so a flood of them is bounded")
    void add_emptyPieces_areBounded() {
        long kept = 0;
        while (buffer.add(1, Chunk.text("")).isKept()) {
            kept++;
        }

        assertThat(kept).isEqualTo(LIMIT / Chunk.text("").sizeInBytes()).isPositive();
    }

    @Test
    void reader_afterSuccess_readsAllAgain() {
        buffer.add(1, Chunk.text("a"));
        buffer.add(1, Chunk.reasoning("b"));
        buffer.end(null, false);

        for (int i = 0; i < 2; i++) {
            List<Chunk> all = new ArrayList<>();
            reader().forEachRemaining(all::add);
            assertThat(all).hasSize(2);
        }
        Iterator<Chunk> reader = reader();
        reader.next();
        reader.next();
        assertThatThrownBy(reader::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    @DisplayName("I9: what is buffered is dropped on cancel, and stays readable after a failure")
    void reader_afterAnotherEnd_readsWhatIsLeftThenThrows() {
        CallCancelledException why = new CallCancelledException("enough", "the caller");
        buffer.add(1, Chunk.text("a"));
        buffer.end(why, true);
        assertThatThrownBy(() -> reader().hasNext())
                .isInstanceOf(CallCancelledException.class)
                .isNotSameAs(why)
                .hasMessage(why.getMessage());

        ReplyBuffer failed = new ReplyBuffer(scope, LIMIT);
        failed.add(1, Chunk.text("a"));
        failed.end(why, false);
        Iterator<Chunk> reader = failed.reader(() -> {}, () -> {});
        assertThat(reader.next()).isInstanceOf(Chunk.Text.class);
        assertThatThrownBy(reader::next).isInstanceOf(CallCancelledException.class);
    }

    @Test
    void toReply_piecesOfAllKinds_areJoined() {
        buffer.add(1, Chunk.reasoning("h"));
        buffer.add(1, Chunk.functionPiece(1, "c2", "mul", "{}"));
        buffer.add(1, Chunk.functionPiece(0, "c1", "add", "{\"a\""));
        buffer.add(1, Chunk.reasoning("m"));
        buffer.add(1, Chunk.functionPiece(0, null, null, ":1}"));

        ChatReply reply = buffer.toReply(ROUTE, END.withServedModel("other"), ModelChoice.notTold());

        assertThat(reply.text()).isEmpty();
        assertThat(reply.reasoning()).contains("hm");
        assertThat(reply.model()).isEqualTo("other");
        assertThat(reply.functionCalls().stream().map(FunctionCall::arguments).toList())
                .containsExactly("{\"a\":1}", "{}");
    }

    private boolean restart() {
        return buffer.restart(false) != ReplyBuffer.Restart.REFUSED;
    }

    private Iterator<Chunk> reader() {
        return buffer.reader(
                () -> {
                    throw new AssertionError("would wait");
                },
                () -> {});
    }

    /** A session that counts. */
    private static final class Scope implements CallScope {
        long bytes;
        boolean isFull;

        @Override
        public SessionId id() {
            return SessionId.of("s");
        }

        @Override
        public Executor listeners() {
            return Runnable::run;
        }

        @Override
        public Executor continuations() {
            return Runnable::run;
        }

        @Override
        public CallOptions defaults() {
            return CallOptions.defaults();
        }

        @Override
        public Tools tools() {
            throw new AssertionError("no tools here");
        }

        @Override
        public void started(ToolCall<?> call) {}

        @Override
        public void ended(ToolCall<?> call) {}

        @Override
        public boolean buffer(long more) {
            if (isFull && more > 0) {
                return false;
            }
            bytes += more;
            return true;
        }

        @Override
        public long bufferLimitBytes() {
            return 777;
        }
    }
}

package dev.exai.testkit.contract.provider;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.error.AttemptTimeoutException;
import dev.exai.error.ProviderException;
import dev.exai.message.Chunk;
import dev.exai.spi.ReplyEnd;
import dev.exai.spi.ReplySink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sees what one exchange tells, and writes down what it should not have told. It may be given something to do inside
 * the provider's own calls: to block, to throw, to abort.
 */
final class Witness implements ReplySink {
    static final String ABORTED = "aborted";

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Object lock = new Object();
    private volatile @Nullable Runnable onOpened;
    private volatile @Nullable Runnable onPiece;
    private volatile @Nullable Runnable onEnd;

    @GuardedBy("lock")
    private int opened;

    @GuardedBy("lock")
    private boolean openedLate;

    @GuardedBy("lock")
    private final List<Object> ends = new ArrayList<>();

    @GuardedBy("lock")
    private final List<String> afterEnd = new ArrayList<>();

    @GuardedBy("lock")
    private int pieces;

    @GuardedBy("lock")
    private final StringBuilder text = new StringBuilder();

    @GuardedBy("lock")
    private final StringBuilder reasoning = new StringBuilder();

    @GuardedBy("lock")
    private final List<Chunk.FunctionPiece> functionPieces = new ArrayList<>();

    Witness onOpened(Runnable action) {
        onOpened = action;
        return this;
    }

    Witness onPiece(Runnable action) {
        onPiece = action;
        return this;
    }

    Witness onEnd(Runnable action) {
        onEnd = action;
        return this;
    }

    @Override
    public void opened() {
        enter(onOpened, () -> {
            synchronized (lock) {
                opened++;
                openedLate |= pieces > 0;
                noteIfOver("opened");
            }
        });
    }

    @Override
    public void chunk(Chunk chunk) {
        enter(onPiece, () -> {
            synchronized (lock) {
                pieces++;
                noteIfOver("a piece");
                chunk.accept(new Reader());
            }
        });
    }

    @Override
    public void completed(ReplyEnd end) {
        end(end);
    }

    @Override
    public void failed(ProviderException failure) {
        end(failure);
    }

    @Override
    public void timedOut(AttemptTimeoutException failure) {
        end(failure);
    }

    @Override
    public void aborted() {
        end(ABORTED);
    }

    private void end(Object end) {
        enter(onEnd, () -> {
            synchronized (lock) {
                ends.add(end);
            }
        });
    }

    @GuardedBy("lock")
    private void noteIfOver(String what) {
        if (!ends.isEmpty()) {
            afterEnd.add(what);
        }
    }

    private void enter(@Nullable Runnable action, Runnable record) {
        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
        try {
            record.run();
            if (action != null) {
                action.run();
            }
        } finally {
            inside.decrementAndGet();
        }
    }

    /** {@return how many calls of the provider were ever under way at once} */
    int mostAtOnce() {
        return most.get();
    }

    int timesOpened() {
        synchronized (lock) {
            return opened;
        }
    }

    boolean wasOpenedLate() {
        synchronized (lock) {
            return openedLate;
        }
    }

    int pieces() {
        synchronized (lock) {
            return pieces;
        }
    }

    String text() {
        synchronized (lock) {
            return text.toString();
        }
    }

    String reasoning() {
        synchronized (lock) {
            return reasoning.toString();
        }
    }

    /** {@return the functions asked for, each as id, name and arguments} */
    List<String> functions() {
        List<String> functions = new ArrayList<>();
        for (Chunk.FunctionPiece piece : functionPieces()) {
            while (functions.size() <= piece.index()) {
                functions.add("");
            }
            String before = functions.get(piece.index());
            String head = piece.id().map(id -> id + " ").orElse("")
                    + piece.name().map(name -> name + " ").orElse("");
            functions.set(piece.index(), before + head + piece.arguments());
        }
        return List.copyOf(functions);
    }

    List<Chunk.FunctionPiece> functionPieces() {
        synchronized (lock) {
            return List.copyOf(functionPieces);
        }
    }

    List<String> afterEnd() {
        synchronized (lock) {
            return List.copyOf(afterEnd);
        }
    }

    boolean isOver() {
        synchronized (lock) {
            return !ends.isEmpty();
        }
    }

    /** {@return what was reported as the end: a {@link ReplyEnd}, an exception, or {@link #ABORTED}} */
    List<Object> ends() {
        synchronized (lock) {
            return List.copyOf(ends);
        }
    }

    private final class Reader implements Chunk.Visitor {
        @Override
        public void text(Chunk.Text piece) {
            synchronized (lock) {
                text.append(piece.text());
            }
        }

        @Override
        public void reasoning(Chunk.Reasoning piece) {
            synchronized (lock) {
                reasoning.append(piece.text());
            }
        }

        @Override
        public void functionPiece(Chunk.FunctionPiece piece) {
            synchronized (lock) {
                functionPieces.add(piece);
            }
        }
    }
}

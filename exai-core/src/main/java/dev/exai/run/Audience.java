package dev.exai.run;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who is told of a run: its listeners, each on a lane of its own, up to its end, which late ones are told at once. */
final class Audience {
    /*
     * State      lanes: those that are told. end: what each is told last, once that is known; then no lane is kept.
     * Owner      lock guards both; lanes are told outside it.
     */
    private final Executor executor;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<ListenerLane> lanes = new ArrayList<>(2);

    @GuardedBy("lock")
    private @Nullable Consumer<RunListener> end;

    Audience(Executor executor) {
        this.executor = executor;
    }

    void add(RunListener listener) {
        ListenerLane lane = new ListenerLane(listener, executor);
        Consumer<RunListener> last;
        synchronized (lock) {
            last = end;
            if (last == null) {
                lanes.add(lane);
            }
        }
        if (last != null) {
            lane.tell(last);
        }
    }

    void tell(Consumer<RunListener> what) {
        current().forEach(lane -> lane.tell(what));
    }

    void progress(RunProgress now) {
        current().forEach(lane -> lane.progress(now));
    }

    private List<ListenerLane> current() {
        synchronized (lock) {
            return lanes.isEmpty() ? List.of() : List.copyOf(lanes);
        }
    }

    /** Tells the end, to those who are here and to whoever comes. */
    void end(Consumer<RunListener> what) {
        List<ListenerLane> told;
        synchronized (lock) {
            end = what;
            told = List.copyOf(lanes);
            lanes.clear();
        }
        told.forEach(lane -> lane.tell(what));
    }
}

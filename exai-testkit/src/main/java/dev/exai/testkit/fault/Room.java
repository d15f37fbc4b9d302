package dev.exai.testkit.fault;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.exai.Exai;
import dev.exai.call.CallOptions;
import dev.exai.call.CallState;
import dev.exai.call.ChatCall;
import dev.exai.context.ProviderId;
import dev.exai.permit.PoolAudit;
import dev.exai.permit.PoolSnapshot;
import dev.exai.session.Session;
import dev.exai.spi.Provider;
import dev.exai.testkit.internal.RuleBroken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The permits of a cell's provider: takes them up, gives them back, and tells whether all are there. */
final class Room {
    private static final CallOptions AS_LONG_AS_WANTED = CallOptions.builder()
            .deadline(Duration.ofHours(12))
            .firstEvent(Duration.ofHours(12))
            .attempt(Duration.ofHours(12))
            .build();

    private final Exai exai;
    private final Provider provider;
    private final ProviderId id;
    private final Ground ground;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<ChatCall> taken = new ArrayList<>();

    Room(Exai exai, Provider provider, Ground ground) {
        this.exai = exai;
        this.provider = provider;
        this.id = provider.id();
        this.ground = ground;
    }

    /** Takes all permits, each by a session of its own. */
    void takeAll() {
        for (int i = 0; i < Scene.PERMITS; i++) {
            Session other = exai.openSession("other");
            ask(other);
        }
        ground.until(() -> "all permits are taken: " + exai.snapshot(), () -> inUse() == Scene.PERMITS && allRun());
    }

    /** Has a session ask for one more. */
    void ask(Session session) {
        ChatCall call = session.chat(Peer.request(Peer.OTHER, provider), AS_LONG_AS_WANTED);
        synchronized (lock) {
            taken.add(call);
        }
    }

    private List<ChatCall> taken() {
        synchronized (lock) {
            return List.copyOf(taken);
        }
    }

    private boolean allRun() {
        return taken().stream().allMatch(call -> call.state() == CallState.RUNNING);
    }

    private int inUse() {
        return exai.snapshot().provider(id).map(PoolSnapshot.Usage::inUse).orElse(0);
    }

    /** Gives one permit back. */
    void giveOne() {
        taken().get(0).cancel("room is made");
    }

    /** Gives all back that was taken here. */
    void clear() {
        taken().forEach(call -> call.cancel("room is made"));
        synchronized (lock) {
            taken.clear();
        }
    }

    /** The pool is whole and free, and all its permits can be taken at once. */
    void check() {
        checkFree();
        takeAll();
        clear();
        checkFree();
    }

    private void checkFree() {
        PoolAudit audit = exai.audit();
        if (!audit.isWhole() || !audit.holders().isEmpty()) {
            throw new RuleBroken("the pool is not whole: " + audit);
        }
        PoolSnapshot snapshot = exai.snapshot();
        if (!snapshot.isIdle()) {
            throw new RuleBroken("something is out or waits: " + snapshot);
        }
    }
}

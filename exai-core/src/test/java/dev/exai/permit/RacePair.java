package dev.exai.permit;

import dev.exai.permit.PermitRequest.State;
import dev.exai.permit.RaceScene.Hasty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Two things that happen at once to a {@link RaceScene}, to whom they matter, and how that one can come out of it. */
final class RacePair {
    /** Who waits in the scene. */
    enum Waiter {
        LISTENER,
        THREAD
    }

    final String name;
    final Consumer<RaceScene> first;
    final Consumer<RaceScene> second;
    private final Function<RaceScene, RaceParty> target;
    Hasty hasty = Hasty.NOBODY;
    Set<Waiter> waiters = EnumSet.allOf(Waiter.class);
    Set<State> outcomes = Set.of();
    Consumer<RaceScene> before = scene -> {};
    boolean waitersStep;

    private RacePair(
            String name, Consumer<RaceScene> first, Consumer<RaceScene> second, Function<RaceScene, RaceParty> target) {
        this.name = name;
        this.first = first;
        this.second = second;
        this.target = target;
    }

    /** A unit comes free and goes to the waiter, while something happens to that one. */
    private static RacePair grant(String rival, Consumer<RaceScene> second) {
        return new RacePair("grant <- " + rival, RaceScene::closeHolder, second, scene -> scene.waiter);
    }

    /** The holder closes its permit, while something happens to that one. */
    private static RacePair close(String rival, Consumer<RaceScene> second) {
        return new RacePair("close <- " + rival, RaceScene::closeHolder, second, scene -> scene.holder);
    }

    private RacePair hasty(Hasty who) {
        hasty = who;
        return this;
    }

    private RacePair only(Waiter who) {
        waiters = EnumSet.of(who);
        return this;
    }

    private RacePair before(Consumer<RaceScene> action) {
        before = action;
        return this;
    }

    private RacePair waitersStep() {
        waitersStep = true;
        return this;
    }

    /** The states in which the target is found when both are done: each of them in some round, and no other in any. */
    private RacePair leads(State... states) {
        outcomes = EnumSet.copyOf(List.of(states));
        return this;
    }

    State outcome(RaceScene scene) {
        return target.apply(scene).state();
    }

    private static Consumer<RaceScene> advance(Duration time) {
        return scene -> scene.clock.advance(time);
    }

    /** The pairs that every lock, hand-off and CAS of the pool must stand. */
    static List<RacePair> all() {
        List<RacePair> pairs = new ArrayList<>();
        pairs.add(grant("cancel", scene -> scene.waiter.cancel())
                .only(Waiter.LISTENER)
                .leads(State.LEFT, State.RETURNED));
        pairs.add(grant("timeout", advance(RaceScene.DEADLINE))
                .hasty(Hasty.WAITER)
                .leads(State.LEFT, State.HELD));
        pairs.add(grant("interrupt", scene -> scene.waiter.interrupt())
                .only(Waiter.THREAD)
                .waitersStep()
                .leads(State.LEFT, State.RETURNED, State.HELD));
        pairs.add(grant("session close", scene -> scene.closeSessionOf(scene.waiter))
                .leads(State.LEFT, State.HELD));
        pairs.add(grant("pool close", RaceScene::closePool).leads(State.LEFT, State.HELD));
        pairs.add(grant("resize to less", scene -> scene.resize(1)).leads(State.QUEUED, State.HELD));
        pairs.add(grant("resize to more", scene -> scene.resize(3)).leads(State.HELD));
        pairs.add(grant("resize of models", RaceScene::resizeModels).leads(State.HELD));
        pairs.add(
                grant("revoke", advance(RaceScene.REVOKED)).hasty(Hasty.WAITER).leads(State.LEFT, State.REVOKED));
        pairs.add(grant("reclaim", scene -> {
                    scene.waiter.drop();
                    scene.traffic();
                })
                .only(Waiter.LISTENER)
                .leads(State.HELD, State.RECLAIMED));
        pairs.add(grant("executor rejection", scene -> scene.rejectAndRelease(scene.other))
                .only(Waiter.LISTENER)
                .leads(State.HELD, State.RETURNED));
        pairs.add(grant("congestion", scene -> scene.other.reportCongestion()).leads(State.QUEUED, State.HELD));
        pairs.add(grant("pause", scene -> {
                    scene.pool.pause(RaceScene.GLM, Duration.ofSeconds(1));
                    scene.pool.resume(RaceScene.GLM);
                })
                .leads(State.HELD));
        pairs.add(grant("ask", scene -> scene.newcomer.ask()).leads(State.HELD));
        pairs.add(grant("traffic", RaceScene::traffic).leads(State.HELD));

        pairs.add(close("cancel", scene -> scene.holder.cancel()).leads(State.RETURNED));
        pairs.add(close("timeout", advance(RaceScene.OVERDUE))
                .hasty(Hasty.HOLDER)
                .before(scene -> scene.holder.closesWhenOverdue())
                .leads(State.RETURNED));
        pairs.add(close("interrupt", RaceScene::interruptCloser).leads(State.RETURNED));
        pairs.add(close("session close", scene -> scene.closeSessionOf(scene.holder))
                .leads(State.RETURNED));
        pairs.add(close("pool close", RaceScene::closePool).leads(State.RETURNED));
        pairs.add(close("resize to less", scene -> scene.resize(1)).leads(State.RETURNED));
        pairs.add(close("resize to more", scene -> scene.resize(3)).leads(State.RETURNED));
        pairs.add(close("resize of models", RaceScene::resizeModels).leads(State.RETURNED));
        pairs.add(
                close("revoke", advance(RaceScene.REVOKED)).hasty(Hasty.HOLDER).leads(State.RETURNED, State.REVOKED));
        pairs.add(close("reclaim", scene -> {
                    scene.holder.drop();
                    scene.traffic();
                })
                .leads(State.RETURNED, State.RECLAIMED));
        pairs.add(new RacePair(
                        "close <- executor rejection",
                        scene -> scene.waiter.cancel(),
                        scene -> scene.rejectAndRelease(scene.other),
                        scene -> scene.waiter)
                .only(Waiter.LISTENER)
                .leads(State.LEFT, State.RETURNED));
        pairs.add(close("congestion", scene -> scene.holder.reportCongestion()).leads(State.RETURNED));
        pairs.add(close("ask", scene -> scene.newcomer.ask()).leads(State.RETURNED));

        pairs.add(new RacePair(
                        "revoke <- touch",
                        advance(RaceScene.REVOKED),
                        scene -> scene.holder.touch(),
                        scene -> scene.holder)
                .hasty(Hasty.HOLDER)
                .leads(State.REVOKED));
        pairs.add(new RacePair(
                        "revoke <- reclaim",
                        advance(RaceScene.REVOKED),
                        scene -> {
                            scene.holder.drop();
                            scene.traffic();
                        },
                        scene -> scene.holder)
                .hasty(Hasty.HOLDER)
                .leads(State.REVOKED, State.RECLAIMED));
        pairs.add(new RacePair(
                        "ask <- cancel",
                        scene -> scene.newcomer.ask(),
                        scene -> scene.newcomer.cancel(),
                        scene -> scene.newcomer)
                .leads(State.LEFT));
        pairs.add(new RacePair(
                        "ask <- session close",
                        scene -> scene.newcomer.ask(),
                        scene -> scene.closeSessionOf(scene.newcomer),
                        scene -> scene.newcomer)
                .leads(State.LEFT, State.QUEUED));
        pairs.add(new RacePair(
                        "ask <- pool close",
                        scene -> scene.newcomer.ask(),
                        RaceScene::closePool,
                        scene -> scene.newcomer)
                .leads(State.LEFT));
        return pairs;
    }

    @Override
    public String toString() {
        return name;
    }
}

package dev.exai.testkit.fault;

import dev.exai.call.Tool;
import dev.exai.testkit.contract.provider.ProviderFixture;
import dev.exai.testkit.fault.FaultCell.Moment;
import dev.exai.testkit.fault.FaultResult.Verdict;
import dev.exai.testkit.internal.RuleBroken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Puts each {@link Fault} at each step of a call, and judges how the call ends.
 *
 * <p>The steps come from the table {@link dev.exai.call.CallState#next()}, so one that is added there has cells here.
 * A cell passes if the call ends in the right way, once, by its deadline; if every listener, the future and the events
 * are told one end; if the pool is whole and all its permits can be taken; and if nothing is left, but for what hangs on
 * and is counted as a zombie as long as it does. Where a fault happens at the same moment as the step, either may come
 * first.
 *
 * <pre>{@code
 * ProviderFixture mine = ProviderFixture.overHttp(WireFormat.OPENAI, (url, key) -> new MyProvider(url, key));
 * for (FaultResult result : FaultMatrix.ofProvider(mine).run()) {
 *     System.out.println(result);
 * }
 * }</pre>
 *
 * <p>The library's time goes on only when the matrix says so, also on real threads: no cell waits for a limit. Every
 * cell has a library, a session and threads of its own.
 *
 * <p>Immutable. Safe for use by many threads.
 */
public final class FaultMatrix {
    /** In how many orders two things happen that happen at the same moment of virtual time. */
    private static final int ORDERS = 6;

    /** Far more than a busy machine takes for what happens at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<Subject> subjects;
    private final BiFunction<FaultCell, Ground, Scene> scenes;
    private final Duration patience;

    private FaultMatrix(List<Subject> subjects, BiFunction<FaultCell, Ground, Scene> scenes) {
        this(subjects, scenes, PATIENCE);
    }

    private FaultMatrix(List<Subject> subjects, BiFunction<FaultCell, Ground, Scene> scenes, Duration patience) {
        this.subjects = subjects;
        this.scenes = scenes;
        this.patience = patience;
    }

    /**
     * {@return this matrix with another limit for what should happen at once on real threads} It is 20 seconds by
     * default, which only a cell that fails ever takes.
     *
     * @param limit more than zero
     */
    public FaultMatrix patience(Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException("patience must be more than zero: " + limit);
        }
        return new FaultMatrix(subjects, scenes, limit);
    }

    /** {@return the matrix of the library itself: a chat call and a tool, in the same process and in virtual time} */
    public static FaultMatrix inVirtualTime() {
        return new FaultMatrix(List.of(Subject.CHAT, Subject.ASYNC_TOOL), FaultMatrix::own);
    }

    /** The matrix of a tool that blocks its thread. */
    static FaultMatrix ofBlockingTool() {
        return new FaultMatrix(List.of(Subject.BLOCKING_TOOL), FaultMatrix::own);
    }

    private static Scene own(FaultCell cell, Ground ground) {
        Peer peer = new Puppet(ground.executor());
        return cell.subject() == Subject.CHAT ? ChatScene.of(cell, ground, peer) : ToolScene.ofOwn(cell, ground, peer);
    }

    /**
     * {@return the matrix of chat calls to a provider under test}
     *
     * @param fixture makes the provider and its upstream, for each cell anew; all on real threads
     */
    public static FaultMatrix ofProvider(ProviderFixture fixture) {
        Objects.requireNonNull(fixture, "fixture");
        return new FaultMatrix(
                List.of(Subject.PROVIDER), (cell, ground) -> ChatScene.of(cell, ground, new UpstreamPeer(fixture)));
    }

    /**
     * {@return the matrix of a tool under test}
     *
     * <p>It runs on real threads and asks, if it asks a model, "auto" of a provider of the matrix, which has the
     * faults. Nobody can know when a tool ends of its own accord: it may end well or fail wherever it has begun and
     * nothing ends it before; but it must end, and leave nothing.
     *
     * @param tool the tool; it is run some hundred times
     * @param input what it is given
     * @param <I> what it takes
     * @param <O> what it returns
     */
    public static <I, O> FaultMatrix ofTool(Tool<I, O> tool, I input) {
        ToolCase<I, O> theirs = new ToolCase<>(tool, input);
        return new FaultMatrix(
                List.of(Subject.TOOL),
                (cell, ground) -> ToolScene.of(cell, ground, new Puppet(ground.executor()), theirs));
    }

    /** {@return all cells, also those that do not apply, in the order of the steps} */
    public List<FaultCell> cells() {
        List<FaultCell> cells = new ArrayList<>();
        for (Subject subject : subjects) {
            for (Move move : subject.moves()) {
                for (Fault fault : Fault.values()) {
                    for (Moment moment : momentsOf(fault)) {
                        cells.add(new FaultCell(subject, move, fault, moment));
                    }
                }
            }
        }
        return cells;
    }

    private static List<Moment> momentsOf(Fault fault) {
        return Arrays.stream(Moment.values())
                .filter(moment -> fault.isFromOutside() == (moment != Moment.WITHIN))
                .toList();
    }

    /** {@return the steps of the table that no fault is tried at, as text; empty if all is well} */
    public List<String> uncovered() {
        List<String> steps = new ArrayList<>();
        for (Subject subject : subjects) {
            for (Move move : subject.moves()) {
                boolean covered = cells().stream()
                        .anyMatch(cell -> cell.subject() == subject
                                && cell.move().equals(move)
                                && cell.whyNot().isEmpty());
                if (!covered) {
                    steps.add(subject + " " + move);
                }
            }
        }
        return steps;
    }

    /** {@return how the call did in every cell} */
    public List<FaultResult> run() {
        return cells().stream().map(this::run).toList();
    }

    /**
     * {@return how the call did in a cell}
     *
     * @param cell one of {@link #cells}
     */
    public FaultResult run(FaultCell cell) {
        if (cell.whyNot().isPresent()) {
            return new FaultResult(cell, Verdict.NOT_APPLICABLE, cell.whyNot().get());
        }
        boolean hasOrders = cell.subject().isVirtual() && cell.moment() == Moment.TOGETHER;
        FaultResult last = null;
        for (long seed = 1; seed <= (hasOrders ? ORDERS : 1); seed++) {
            last = run(cell, seed);
            if (last.verdict() != Verdict.PASS) {
                return last;
            }
        }
        return Objects.requireNonNull(last);
    }

    private FaultResult run(FaultCell cell, long seed) {
        try {
            return new FaultResult(cell, Verdict.PASS, play(cell, seed));
        } catch (UnsupportedOperationException e) {
            return new FaultResult(cell, Verdict.NOT_APPLICABLE, "the provider's upstream cannot: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            return new FaultResult(cell, Verdict.FAIL, RuleBroken.evidence(e) + " (order " + seed + ")");
        }
    }

    private String play(FaultCell cell, long seed) {
        Ground ground = Ground.of(cell.subject(), seed, patience);
        @Nullable Scene scene = null;
        try {
            scene = scenes.apply(cell, ground);
            return "ended as " + scene.play();
        } finally {
            if (scene != null) {
                scene.close();
            } else {
                ground.close();
            }
        }
    }

    @Override
    public String toString() {
        return "FaultMatrix" + subjects;
    }
}

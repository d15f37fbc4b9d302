package dev.exai.testkit;

import dev.exai.Exai;
import dev.exai.RunningCode;
import dev.exai.call.CallListener;
import dev.exai.call.ToolCall;
import dev.exai.permit.PoolAudit;
import dev.exai.session.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What is left at a library instance, and whose it is. What was there at the start can be left out. */
final class ExaiLeaks {
    private final Exai exai;

    /** Sessions and calls that were there at the start. */
    private final Set<Object> before = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The listeners that those calls had. */
    private final IdentityHashMap<ToolCall<?>, List<?>> listenersBefore = new IdentityHashMap<>();

    private ExaiLeaks(Exai exai) {
        this.exai = exai;
    }

    static ExaiLeaks of(Exai exai, boolean shared) {
        ExaiLeaks leaks = new ExaiLeaks(exai);
        if (shared) {
            for (Session session : exai.sessions()) {
                leaks.before.add(session);
                for (ToolCall<?> call : session.calls()) {
                    leaks.before.add(call);
                    leaks.listenersBefore.put(call, call.listeners());
                }
            }
        }
        return leaks;
    }

    /** Says that a session may stay open: what is done in it is looked at all the same. */
    void mayStay(Session session) {
        before.add(session);
    }

    List<String> leftovers() {
        List<String> lines = new ArrayList<>();
        PoolAudit audit = exai.audit();
        audit.problems().forEach(problem -> lines.add("counts are wrong: " + problem));
        List<Session> sessions = exai.sessions();
        audit.holders().stream()
                .filter(holder -> !isOfBefore(sessions, holder))
                .forEach(holder -> lines.add("permit " + holder));
        for (Session session : sessions) {
            if (!before.contains(session)) {
                lines.add("open " + session);
            }
            session.calls().forEach(call -> addCall(lines, session, call));
        }
        int waiting = listenersBefore.isEmpty() ? exai.snapshot().global().waiting() : 0;
        if (waiting > 0) {
            lines.add(waiting + " requests wait for a permit");
        }
        if (exai.zombies() > 0) {
            lines.add(exai.zombies() + " zombies");
        }
        exai.running().stream()
                .filter(this::isElsewhere)
                .forEach(code -> lines.add(Stacks.describe(code.toString(), code.stack())));
        return lines;
    }

    private boolean isOfBefore(List<Session> sessions, PoolAudit.Holder holder) {
        return sessions.stream()
                .flatMap(session -> session.calls().stream())
                .anyMatch(call -> before.contains(call) && call.id().equals(holder.call()));
    }

    @SuppressWarnings("ReferenceEquality") // a listener is itself only
    private void addCall(List<String> lines, Session session, ToolCall<?> call) {
        if (!before.contains(call)) {
            lines.add("call of " + session.id() + ": " + call + ", asked for at " + call.origin());
        }
        List<?> known = listenersBefore.getOrDefault(call, List.of());
        for (CallListener<?> listener : call.listeners()) {
            if (known.stream().noneMatch(each -> each == listener)) {
                lines.add("listener " + listener.getClass().getName() + " of call " + call.id() + " of " + session.id()
                        + ", which was asked for at " + call.origin());
            }
        }
    }

    /** Whether it is not the code that asks: a test may itself be a task of the instance's executor. */
    private boolean isElsewhere(RunningCode code) {
        List<StackTraceElement> stack = code.stack();
        return stack.stream().noneMatch(frame -> frame.getClassName().equals(ExaiLeaks.class.getName()));
    }
}

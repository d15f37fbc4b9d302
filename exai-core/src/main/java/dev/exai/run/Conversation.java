package dev.exai.run;

import dev.exai.message.ChatMessage;
import dev.exai.message.FunctionCall;
import dev.exai.message.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * What the model is shown of a run: messages are added at the end, and ranges of old ones give way to shorter ones.
 *
 * <p>Each entry has the numbers of the records that it stands for, so what gave way is known. The results of the functions of one
 * turn come into it together and have one number; the id of its call tells each from the others. Nothing is ever in it twice. Used
 * by one thread at a time.
 */
final class Conversation {
    /** A message, the numbers of the records that it stands for, and its tokens, roughly. */
    record Entry(long from, long to, ChatMessage message, long tokens) {}

    private final List<Entry> entries = new ArrayList<>();
    private long tokens;

    void add(long number, ChatMessage message) {
        Entry entry = new Entry(number, number, message, Tokens.of(message));
        entries.add(entry);
        tokens += entry.tokens();
    }

    /** Puts a message in the place of all that stand for these records; a function's result only in the place of its own. */
    void replace(long from, long to, ChatMessage message) {
        int first = 0;
        int end;
        if (message.role() == Role.FUNCTION) {
            first = indexOfResult(from, to, message);
            if (first < 0) {
                return; // nothing to give way, and a result that no turn has asked for must not be added
            }
            end = first + 1;
            tokens -= entries.get(first).tokens();
        } else {
            while (first < entries.size() && entries.get(first).from() < from) {
                first++;
            }
            end = first;
            while (end < entries.size() && entries.get(end).to() <= to) {
                tokens -= entries.get(end).tokens();
                end++;
            }
        }
        Entry entry = new Entry(from, to, message, Tokens.of(message));
        List<Entry> gone = entries.subList(first, end);
        gone.clear();
        entries.add(first, entry);
        tokens += entry.tokens();
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    List<ChatMessage> messages() {
        return entries.stream().map(Entry::message).toList();
    }

    long tokens() {
        return tokens;
    }

    /** Says what is wrong with putting a message in the place of these records; empty if nothing is. */
    String objection(long from, long to, ChatMessage message) {
        if (message.role() == Role.FUNCTION) {
            return indexOfResult(from, to, message) < 0
                    ? "a function's result may only give way to one of the same call, and none of that call stands for"
                            + " the records "
                            + from + " to " + to
                    : "";
        }
        int first = indexOfFrom(from);
        int last = lastIndexOfTo(to);
        if (first < 0 || last < first) {
            return "no messages stand for the records " + from + " to " + to;
        }
        boolean begins = entries.get(first).message().role() != Role.FUNCTION;
        boolean ends =
                last + 1 == entries.size() || entries.get(last + 1).message().role() != Role.FUNCTION;
        return begins && ends ? "" : "a model's turn and the results of its functions stay together";
    }

    private int indexOfFrom(long from) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).from() == from) {
                return i;
            }
        }
        return -1;
    }

    /** The last one: the results of one turn share a number, and they go together. */
    private int lastIndexOfTo(long to) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).to() == to) {
                return i;
            }
        }
        return -1;
    }

    /** The result of the call that a message has the result of, among those with these numbers. */
    private int indexOfResult(long from, long to, ChatMessage message) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.from() == from
                    && entry.to() == to
                    && entry.message().role() == Role.FUNCTION
                    && entry.message().functionCallId().equals(message.functionCallId())) {
                return i;
            }
        }
        return -1;
    }

    /** The functions that a message asks for, as text for a summary. */
    static String asked(List<FunctionCall> calls) {
        StringBuilder text = new StringBuilder();
        for (FunctionCall call : calls) {
            text.append("[asks for ")
                    .append(call.name())
                    .append(' ')
                    .append(call.arguments())
                    .append("]\n");
        }
        return text.toString();
    }
}

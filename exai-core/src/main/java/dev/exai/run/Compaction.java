package dev.exai.run;

import dev.exai.call.ChatCall;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Makes a conversation shorter when it is about to outgrow the model's context. Implementations are safe for use by many
 * threads and keep nothing of a run.
 *
 * <p>What is made shorter is only what the model is shown; the records keep everything.
 */
@FunctionalInterface
public interface Compaction {
    /**
     * Says what gives way to what.
     *
     * @param request the conversation, and how long it may be
     * @return what gives way; nothing if there is nothing to gain
     */
    CompletionStage<List<Replacement>> compact(Request request);

    /**
     * {@return what runs use unless told otherwise} First old results of functions give way to a note. If that is not enough the
     * older part gives way to a summary that a model makes. What the run was given, and the latest turns, stay.
     */
    static Compaction standard() {
        return StandardCompaction.INSTANCE;
    }

    /** A message of the conversation. Immutable; {@code toString} shows no content. */
    final class Entry {
        private final long from;
        private final long to;
        private final ChatMessage message;
        private final long tokens;

        Entry(long from, long to, ChatMessage message, long tokens) {
            this.from = from;
            this.to = to;
            this.message = message;
            this.tokens = tokens;
        }

        /** {@return the number of the first record that it stands for} */
        public long from() {
            return from;
        }

        /** {@return the number of the last record that it stands for} */
        public long to() {
            return to;
        }

        /** {@return the message} */
        public ChatMessage message() {
            return message;
        }

        /** {@return how many tokens it has, roughly} */
        public long tokens() {
            return tokens;
        }

        @Override
        public String toString() {
            return "Entry[" + from + "-" + to + " " + message + ", " + tokens + " tokens]";
        }
    }

    /** What is to be made shorter. */
    final class Request {
        private final List<Entry> entries;
        private final long tokens;
        private final long target;
        private final Function<ChatRequest, ChatCall> model;

        Request(List<Entry> entries, long tokens, long target, Function<ChatRequest, ChatCall> model) {
            this.entries = List.copyOf(entries);
            this.tokens = tokens;
            this.target = target;
            this.model = model;
        }

        /** {@return the conversation in order; the first entry is what the run was given} */
        public List<Entry> entries() {
            return entries;
        }

        /** {@return how many tokens it has, roughly} */
        public long tokens() {
            return tokens;
        }

        /** {@return how many tokens it should have, roughly} */
        public long target() {
            return target;
        }

        /**
         * Asks a model, at the run's expense, cancelled with the run.
         *
         * @param request what to ask; {@code auto} asks the run's own model
         * @return the call, which is under way
         */
        public ChatCall chat(ChatRequest request) {
            return model.apply(request);
        }

        @Override
        public String toString() {
            return "Request[" + entries.size() + " entries, " + tokens + " tokens to " + target + "]";
        }
    }

    /** A message that takes the place of one or more entries. Immutable; {@code toString} shows no content. */
    final class Replacement {
        private final long from;
        private final long to;
        private final ChatMessage message;

        private Replacement(long from, long to, ChatMessage message) {
            this.from = from;
            this.to = to;
            this.message = Objects.requireNonNull(message, "message");
        }

        /**
         * {@return a shorter result in the place of a function's result}
         *
         * @param entry the result
         * @param text what the model is shown instead
         */
        public static Replacement result(Entry entry, String text) {
            String callId = entry.message()
                    .functionCallId()
                    .orElseThrow(() -> new IllegalArgumentException("not the result of a function: " + entry));
            return new Replacement(entry.from(), entry.to(), ChatMessage.functionResult(callId, text));
        }

        /**
         * {@return a text in the place of a part of the conversation} A turn of the model and the results of its functions stay
         * together.
         *
         * @param first the first entry that gives way
         * @param last the last entry that gives way
         * @param text what the model is shown instead, as said by the user
         */
        public static Replacement range(Entry first, Entry last, String text) {
            return new Replacement(first.from(), last.to(), ChatMessage.user(text));
        }

        long from() {
            return from;
        }

        long to() {
            return to;
        }

        ChatMessage message() {
            return message;
        }

        @Override
        public String toString() {
            return "Replacement[" + from + "-" + to + " by " + message + "]";
        }
    }
}

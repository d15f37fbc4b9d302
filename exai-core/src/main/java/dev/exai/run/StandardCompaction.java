package dev.exai.run;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Old results of functions first, then a summary of the older part. */
final class StandardCompaction implements Compaction {
    static final StandardCompaction INSTANCE = new StandardCompaction();

    private static final String LEFT_OUT = "[an old result was left out to save room; ask again if it is needed]";
    private static final long LEFT_OUT_TOKENS = Tokens.of(ChatMessage.functionResult("", LEFT_OUT));
    private static final String SUMMARY =
            "Summary of the work so far; the messages themselves were left out to save room:\n";
    private static final String ORDER =
            "Below is the older part of a conversation between a user, an assistant and its functions. Write a summary that lets"
                    + " the assistant go on without it: what was asked, what was found out with names and numbers, what was"
                    + " tried and failed, what is left to do. Write nothing else.\n\n";

    /** How many of the latest turns stay as they are. */
    private static final int LATEST = 3;

    private StandardCompaction() {}

    @Override
    public CompletionStage<List<Replacement>> compact(Request request) {
        List<Entry> entries = request.entries();
        int end = startOfLatest(entries);
        List<Replacement> shorter = new ArrayList<>();
        long tokens = request.tokens();
        for (int i = 1; i < end && tokens > request.target(); i++) {
            Entry entry = entries.get(i);
            if (entry.message().role() == Role.FUNCTION && entry.tokens() > 2 * LEFT_OUT_TOKENS) {
                shorter.add(Replacement.result(entry, LEFT_OUT));
                tokens -= entry.tokens() - LEFT_OUT_TOKENS;
            }
        }
        if (tokens <= request.target() || end < 2) {
            return CompletableFuture.completedFuture(shorter);
        }
        return summary(request, entries.get(1), entries.subList(1, end));
    }

    /** The first entry of the latest turns, so that no turn is parted from its results. */
    private static int startOfLatest(List<Entry> entries) {
        int turns = 0;
        for (int i = entries.size() - 1; i > 0; i--) {
            if (entries.get(i).message().role() != Role.FUNCTION && ++turns == LATEST) {
                return i;
            }
        }
        return 1;
    }

    private static CompletionStage<List<Replacement>> summary(Request request, Entry first, List<Entry> old) {
        Entry last = old.get(old.size() - 1);
        int most = (int) Math.max(40, 2 * request.target() / old.size());
        StringBuilder text = new StringBuilder(ORDER);
        for (Entry entry : old) {
            ChatMessage message = entry.message();
            text.append(message.role()).append(": ");
            text.append(Texts.cut(message.text(), most)).append('\n');
            text.append(Texts.cut(Conversation.asked(message.functionCalls()), most));
        }
        int length = (int) Math.max(64, Math.min(2_000, request.target() / 4));
        return request.chat(ChatRequest.builder(text.toString())
                        .maxOutputTokens(length)
                        .build())
                .toCompletableFuture()
                .thenApply(reply -> List.of(Replacement.range(
                        first, last, SUMMARY + (reply.text().isBlank() ? "(there is no summary)" : reply.text()))));
    }
}

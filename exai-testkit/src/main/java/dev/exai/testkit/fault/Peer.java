package dev.exai.testkit.fault;

import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.spi.Provider;
import dev.exai.spi.ProviderCall;
import java.util.List;

/** Who a call talks to. Safe for use by many threads. */
interface Peer extends AutoCloseable {
    /** What the call of the cell asks. */
    String STEP = "step";

    /** What calls ask that only take room: they are answered with silence. */
    String OTHER = "other";

    /** What an exchange of the cell gets. */
    enum Answer {
        SILENCE,
        WHOLE,
        REFUSED,
        REFUSED_FOR_NOW
    }

    Provider provider();

    /** Sets the answer before it is asked for. */
    void expect(Answer answer);

    /** Gives an answer now, if it is this peer that waits to be told. */
    void give(Answer answer);

    /** Gives an answer now and from now on, if it is this peer that waits to be told. */
    void giveAll(Answer answer);

    /** Whether the cell's exchange has arrived and is open. */
    boolean isAsked();

    /** How many exchanges are open here, asked by someone who is still there. */
    int inFlight();

    /** How many exchanges were aborted and will not end until they are let go. */
    int hanging();

    /** Makes what was aborted hang on, from now on. */
    void hangOn();

    /** Ends what hangs on. */
    void letGo();

    @Override
    void close();

    /** Whether a provider is asked by the cell's own call, and not by one that only takes room. */
    static boolean isStep(ProviderCall call) {
        List<ChatMessage> messages = call.request().messages();
        return !messages.get(messages.size() - 1).text().equals(OTHER);
    }

    static ChatRequest request(String prompt, Provider provider) {
        return ChatRequest.builder(prompt)
                .model(provider.id() + "/" + provider.catalog().get(0).id())
                .build();
    }
}

package dev.exai.providers.glm;

import dev.exai.error.ProviderException;
import dev.exai.providers.openai.Dialect;
import dev.exai.providers.openai.ErrorReply;
import dev.exai.providers.openai.RequestDraft;
import dev.exai.providers.openai.TextTags;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ProviderCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** How GLM differs from the common form. */
final class GlmDialect implements Dialect {
    private static final int LONGEST_REQUEST_ID = 64;

    private static final TextTags TAGS =
            new TextTags("<think>", "</think>", List.of("<|begin_of_box|>", "<|end_of_box|>"));

    /** GLM refuses an id that it has seen, so ids must also differ from those of other processes. */
    private final String instance = UUID.randomUUID().toString().substring(0, 13);

    private final AtomicLong next = new AtomicLong(1);
    private final GlmRequest rules;

    GlmDialect(GlmRequest rules) {
        this.rules = rules;
    }

    @Override
    public void adapt(RequestDraft draft) {
        rules.adapt(draft);
        draft.body().put("request_id", requestId(draft.call()));
    }

    private String requestId(ProviderCall call) {
        return newId(call.attemptId());
    }

    /** {@return an id that GLM has not seen} */
    String newId(String end) {
        String id = instance + "-" + next.getAndIncrement() + "-" + end;
        return id.length() <= LONGEST_REQUEST_ID ? id : id.substring(0, LONGEST_REQUEST_ID);
    }

    @Override
    public ProviderException toException(ErrorReply error) {
        return GlmErrors.toException(error);
    }

    @Override
    public boolean isFailure(String reason) {
        return reason.equals("network_error");
    }

    /** The older vision models were seen to think in their text, and to put what they found into a box. */
    @Override
    public Optional<TextTags> textTags(ModelInfo model) {
        return model.id().startsWith("glm-4.5v") ? Optional.of(TAGS) : Optional.empty();
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Accept-Language", "en-US,en");
    }

    @Override
    public List<String> requestIdHeaders() {
        return List.of("X-LOG-ID");
    }
}

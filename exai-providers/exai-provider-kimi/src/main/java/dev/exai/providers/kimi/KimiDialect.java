package dev.exai.providers.kimi;

import dev.exai.error.ProviderException;
import dev.exai.providers.openai.Dialect;
import dev.exai.providers.openai.ErrorReply;
import dev.exai.providers.openai.RequestDraft;
import java.util.List;

/** How Kimi differs from the common form. */
final class KimiDialect implements Dialect {
    @Override
    public void adapt(RequestDraft draft) {
        KimiRequest.adapt(draft);
    }

    @Override
    public ProviderException toException(ErrorReply error) {
        return KimiErrors.toException(error);
    }

    @Override
    public List<String> requestIdHeaders() {
        return List.of("Msh-Request-Id", "X-Msh-Trace-Id");
    }

    @Override
    public List<String> retryAfterHeaders() {
        return List.of("Retry-After", "X-Retry-After", "Msh-Cooldown-Seconds");
    }
}

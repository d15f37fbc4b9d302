package dev.exai.providers.openai;

import dev.exai.error.AuthenticationException;
import dev.exai.error.ProviderException;
import dev.exai.error.QuotaExhaustedException;
import dev.exai.error.RateLimitedException;
import dev.exai.error.RejectedException;
import dev.exai.error.UnavailableException;
import dev.exai.error.UpstreamError;
import dev.exai.message.Adjustment;
import dev.exai.message.ChatMessage;
import dev.exai.message.ChatRequest;
import dev.exai.message.FinishReason;
import dev.exai.message.ReasoningEffort;
import dev.exai.providers.http.StatusMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The common form. */
final class StandardDialect implements Dialect {
    static final StandardDialect INSTANCE = new StandardDialect();

    private StandardDialect() {}

    @Override
    public void adapt(RequestDraft draft) {
        ChatRequest request = draft.request();
        Map<String, Object> body = draft.body();
        draft.refuseBeginning();
        if (request.stream()) {
            body.put("stream_options", Map.of("include_usage", true));
        }
        request.user().ifPresent(user -> body.put("user", user));
        request.cacheKey().ifPresent(key -> body.put("prompt_cache_key", key));
        request.reasoningEffort().ifPresent(effort -> effort(draft, effort));
        request.thinking()
                .ifPresent(on -> draft.note(Adjustment.leftOut("thinking", "the common form has no switch for it")));
        request.webSearch()
                .ifPresent(search -> draft.note(Adjustment.leftOut("webSearch", "the common form has none")));
        if (request.keepReasoning()) {
            addReasoning(draft);
        }
    }

    private static void effort(RequestDraft draft, ReasoningEffort effort) {
        if (effort == ReasoningEffort.MAX) {
            draft.change("reasoning_effort", "high", "reasoningEffort", "high is the most in the common form");
        } else {
            draft.body().put("reasoning_effort", effort.name().toLowerCase(Locale.ROOT));
        }
    }

    private static void addReasoning(RequestDraft draft) {
        List<ChatMessage> messages = draft.request().messages();
        for (int i = 0; i < messages.size(); i++) {
            Map<String, Object> json = draft.messages().get(i);
            messages.get(i).reasoning().ifPresent(reasoning -> json.put("reasoning_content", reasoning));
        }
    }

    @Override
    public ProviderException toException(ErrorReply error) {
        UpstreamError upstream = error.upstream();
        ProviderException byCode = byName(error, error.code().orElse(""));
        if (byCode == null) {
            byCode = byName(error, error.type().orElse(""));
        }
        return byCode != null
                ? byCode
                : StatusMapper.toException(
                        error.status(), upstream, error.retryAfter().orElse(null));
    }

    private static @Nullable ProviderException byName(ErrorReply error, String name) {
        UpstreamError upstream = error.upstream();
        return switch (name) {
            case "insufficient_quota", "billing_hard_limit_reached", "billing_not_active" ->
                new QuotaExhaustedException(upstream, null);
            case "rate_limit_exceeded", "rate_limit_error", "requests" ->
                new RateLimitedException(
                        upstream,
                        RateLimitedException.Scope.UNKNOWN,
                        error.retryAfter().orElse(null));
            case "tokens" ->
                new RateLimitedException(
                        upstream,
                        RateLimitedException.Scope.TOKENS,
                        error.retryAfter().orElse(null));
            case "invalid_api_key", "authentication_error", "permission_error" -> new AuthenticationException(upstream);
            case "model_not_found" -> RejectedException.modelGone(upstream);
            case "context_length_exceeded", "content_filter", "content_policy_violation", "invalid_request_error" ->
                // Some endpoints call everything an invalid request; a status of another kind knows better.
                error.status() == 401 || error.status() == 403 || error.status() == 429
                        ? null
                        : new RejectedException(upstream);
            case "server_error", "api_error", "overloaded_error", "service_unavailable" ->
                new UnavailableException(upstream, null, error.retryAfter().orElse(null));
            default -> null;
        };
    }

    @Override
    public FinishReason finishReason(String reason) {
        return switch (reason) {
            case "stop", "eos", "end_turn" -> FinishReason.STOP;
            case "length", "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
            case "tool_calls", "function_call" -> FinishReason.FUNCTION_CALLS;
            case "content_filter", "sensitive" -> FinishReason.CONTENT_FILTER;
            default -> FinishReason.OTHER;
        };
    }
}

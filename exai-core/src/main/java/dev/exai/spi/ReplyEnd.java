package dev.exai.spi;

import dev.exai.message.Adjustment;
import dev.exai.message.FinishReason;
import dev.exai.message.Usage;
import dev.exai.message.WebSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a whole answer ended. Immutable. */
public final class ReplyEnd {
    private final FinishReason finishReason;
    private final Usage usage;
    private final @Nullable String servedModel;
    private final @Nullable String requestId;
    private final List<WebSource> sources;
    private final List<Adjustment> adjustments;

    private ReplyEnd(
            FinishReason finishReason,
            Usage usage,
            @Nullable String servedModel,
            @Nullable String requestId,
            List<WebSource> sources,
            List<Adjustment> adjustments) {
        this.finishReason = Objects.requireNonNull(finishReason, "finishReason");
        this.usage = Objects.requireNonNull(usage, "usage");
        this.servedModel = servedModel;
        this.requestId = requestId;
        this.sources = sources;
        this.adjustments = adjustments;
    }

    /**
     * {@return an end}
     *
     * @param finishReason why the model stopped
     * @param usage the tokens that it cost
     */
    public static ReplyEnd of(FinishReason finishReason, Usage usage) {
        return new ReplyEnd(finishReason, usage, null, null, List.of(), List.of());
    }

    /**
     * {@return this end with the model that really answered}
     *
     * @param model the model as the provider names it, or null if it did not say
     */
    public ReplyEnd withServedModel(@Nullable String model) {
        return new ReplyEnd(finishReason, usage, model, requestId, sources, adjustments);
    }

    /**
     * {@return this end with the provider's id of the request}
     *
     * @param id the id, or null if it gave none
     */
    public ReplyEnd withRequestId(@Nullable String id) {
        return new ReplyEnd(finishReason, usage, servedModel, id, sources, adjustments);
    }

    /**
     * {@return this end with the pages that the provider found when it searched the web}
     *
     * @param pages the pages
     */
    public ReplyEnd withSources(List<WebSource> pages) {
        return new ReplyEnd(finishReason, usage, servedModel, requestId, List.copyOf(pages), adjustments);
    }

    /**
     * {@return this end with what of the request was not sent as it was asked for}
     *
     * @param all the adjustments
     */
    public ReplyEnd withAdjustments(List<Adjustment> all) {
        return new ReplyEnd(finishReason, usage, servedModel, requestId, sources, List.copyOf(all));
    }

    /** {@return why the model stopped} */
    public FinishReason finishReason() {
        return finishReason;
    }

    /** {@return the tokens that it cost} */
    public Usage usage() {
        return usage;
    }

    /** {@return the model that really answered, if the provider said so} */
    public Optional<String> servedModel() {
        return Optional.ofNullable(servedModel);
    }

    /** {@return the provider's id of the request, if it gave one} */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** {@return the pages that the provider found when it searched the web} */
    public List<WebSource> sources() {
        return sources;
    }

    /** {@return what of the request was not sent as it was asked for} */
    public List<Adjustment> adjustments() {
        return adjustments;
    }

    @Override
    public String toString() {
        return "ReplyEnd[" + finishReason + ", " + usage + "]";
    }
}

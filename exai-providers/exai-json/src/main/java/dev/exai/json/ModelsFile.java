package dev.exai.json;

import dev.exai.spi.LivenessLimits;
import dev.exai.spi.ModelInfo;
import dev.exai.spi.ModelInfo.Capability;
import dev.exai.spi.ModelInfo.Fact;
import dev.exai.spi.ModelInfo.Modality;
import dev.exai.spi.ModelInfo.StructuredOutput;
import dev.exai.spi.ModelInfo.Tier;
import dev.exai.spi.ModelStatus;
import dev.exai.spi.SamplingRules;
import dev.exai.spi.ThinkingRules;
import dev.exai.spi.TokenPrice;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** The form of a file of models; its names are the file's. */
record ModelsFile(int version, String asOf, Optional<List<Entry>> models, Optional<List<Name>> hide) {
    /** The only version there is. */
    static final int VERSION = 1;

    /** A model of a provider. */
    record Name(String provider, String id) {}

    /** What is said of a model; what is left out is not changed. */
    record Entry(
            Optional<String> provider,
            String id,
            Optional<String> family,
            Optional<List<String>> aliases,
            Optional<Tier> tier,
            Optional<Integer> contextWindow,
            Optional<Integer> maxOutputTokens,
            Optional<Integer> defaultOutputTokens,
            Optional<List<Capability>> capabilities,
            Optional<List<Modality>> modalities,
            Optional<Thinking> thinking,
            Optional<StructuredOutput> structuredOutput,
            Optional<Sampling> sampling,
            Optional<Limits> limits,
            Optional<Speed> speed,
            Optional<Price> price,
            Optional<Status> status,
            Optional<List<Fact>> uncertain,
            Optional<List<String>> languages,
            Optional<String> note) {

        /** Puts what is said here into a builder. */
        ModelInfo.Builder applyTo(ModelInfo.Builder model, String asOf) {
            family.ifPresent(model::family);
            aliases.ifPresent(all -> model.aliases(all.toArray(String[]::new)));
            tier.ifPresent(model::tier);
            contextWindow.ifPresent(model::contextWindow);
            maxOutputTokens.ifPresent(model::maxOutputTokens);
            defaultOutputTokens.ifPresent(model::defaultOutputTokens);
            capabilities.ifPresent(all -> model.capabilities(all.toArray(Capability[]::new)));
            modalities.ifPresent(all -> model.modalities(all.toArray(Modality[]::new)));
            thinking.ifPresent(it -> model.thinking(ThinkingRules.of(it.mode, it.efforts.orElse(List.of()))));
            structuredOutput.ifPresent(model::structuredOutput);
            sampling.ifPresent(it -> model.sampling(it.rules()));
            limits.ifPresent(it -> model.limits(it.over(model.build().limits())));
            speed.ifPresent(it -> it.applyTo(model));
            price.ifPresent(it -> model.price(it.price(asOf)));
            status.ifPresent(it -> model.status(it.status()));
            uncertain.ifPresent(all -> model.uncertain(all.toArray(Fact[]::new)));
            languages.ifPresent(all -> model.languages(all.toArray(String[]::new)));
            return model;
        }
    }

    record Thinking(ThinkingRules.Mode mode, Optional<List<String>> efforts) {}

    record Sampling(boolean adjustable, Optional<Double> maxTemperature, Optional<Double> minTopP) {
        SamplingRules rules() {
            return adjustable
                    ? SamplingRules.within(maxTemperature.orElse(2.0), minTopP.orElse(0.0))
                    : SamplingRules.fixed();
        }
    }

    record Limits(
            Optional<Double> connectSeconds,
            Optional<Double> firstEventSeconds,
            Optional<Double> silenceSeconds,
            Optional<Double> totalSeconds) {
        LivenessLimits over(LivenessLimits before) {
            LivenessLimits after = before;
            after = connectSeconds.isPresent() ? after.withConnect(seconds(connectSeconds.get())) : after;
            after = firstEventSeconds.isPresent() ? after.withFirstEvent(seconds(firstEventSeconds.get())) : after;
            after = silenceSeconds.isPresent() ? after.withSilence(seconds(silenceSeconds.get())) : after;
            return totalSeconds.isPresent() ? after.withAttempt(seconds(totalSeconds.get())) : after;
        }
    }

    record Speed(Optional<Double> tokensPerSecond, Optional<Double> firstEventSeconds) {
        void applyTo(ModelInfo.Builder model) {
            tokensPerSecond.ifPresent(model::tokensPerSecond);
            firstEventSeconds.ifPresent(it -> model.typicalFirstEvent(seconds(it)));
        }
    }

    record Price(BigDecimal input, Optional<BigDecimal> cachedInput, BigDecimal output, Optional<String> asOf) {
        TokenPrice price(String asOfFile) {
            return TokenPrice.of(input, cachedInput.orElse(input), output, day(asOf.orElse(asOfFile)));
        }
    }

    record Status(ModelStatus.Stage stage, Optional<String> since, Optional<String> successor) {
        ModelStatus status() {
            return switch (stage) {
                case PREVIEW -> ModelStatus.preview();
                case CURRENT -> ModelStatus.current();
                case RETIRED -> ModelStatus.retired(since.map(ModelsFile::day).orElse(null), successor.orElse(null));
            };
        }
    }

    private static Duration seconds(double value) {
        return Duration.ofMillis(Math.round(value * 1_000));
    }

    static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("a day is written as 2026-10-31", e);
        }
    }
}

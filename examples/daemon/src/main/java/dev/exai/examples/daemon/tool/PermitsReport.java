package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.Exai;
import dev.exai.context.ProviderId;
import dev.exai.model.ModelCatalog;
import dev.exai.permit.PoolAudit;
import dev.exai.permit.PoolSnapshot;
import dev.exai.resilience.HealthReport;
import dev.exai.session.Session;
import dev.exai.spi.ModelInfo;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Tells what is in use at each level, and who holds it. A pool that is busy is healthy. Ids and numbers, no content.
 *
 * <p>A zombie holds nothing. In all and at a provider it is an exchange that was aborted and has not come to its end (in all, a
 * tool too); at a model and at a session, whose exchanges nobody counts, a permit that was revoked and not given up.
 */
public final class PermitsReport {
    private final Exai exai;
    private final ModelCatalog catalog;

    /**
     * Creates the report.
     *
     * @param exai whose pool it tells of
     * @param catalog its providers and their models
     */
    public PermitsReport(Exai exai, ModelCatalog catalog) {
        this.exai = Objects.requireNonNull(exai, "exai");
        this.catalog = Objects.requireNonNull(catalog, "catalog");
    }

    /** {@return how things stand now} Models that have no limit of their own have no level. */
    public ObjectNode json() {
        PoolSnapshot snapshot = exai.snapshot();
        PoolAudit audit = exai.audit();
        Map<ProviderId, Integer> aborted = exai.health().providers().stream()
                .collect(Collectors.toMap(
                        HealthReport.OfProvider::provider, HealthReport.OfProvider::zombies, Integer::sum));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("status", audit.isWhole() ? "ok" : "degraded");
        ArrayNode levels = json.putArray("levels");
        Writer writer = new Writer(levels, audit);
        writer.level("global", "", snapshot.global(), exai.zombies(), holder -> true);
        for (ProviderId provider : catalog.providers()) {
            snapshot.provider(provider)
                    .ifPresent(usage -> writer.level(
                                    "provider",
                                    provider.value(),
                                    usage,
                                    aborted.getOrDefault(provider, 0),
                                    holder -> holder.provider().equals(provider))
                            .put("paused", usage.isPaused()));
            for (ModelInfo model : catalog.models(provider)) {
                snapshot.model(provider, model.id())
                        .ifPresent(usage -> writer.level(
                                "model",
                                provider.value() + "/" + model.id(),
                                usage,
                                holder -> holder.provider().equals(provider)
                                        && holder.model().equals(Optional.of(model.id()))));
            }
        }
        for (Session session : exai.sessions()) {
            snapshot.session(session.id())
                    .ifPresent(usage -> writer.level(
                            "session",
                            session.id().value(),
                            usage,
                            holder -> holder.session().equals(session.id())));
        }
        if (!audit.isWhole()) {
            audit.problems().forEach(json.putArray("problems")::add);
        }
        return json;
    }

    /** Writes levels with those who hold there. */
    private record Writer(ArrayNode levels, PoolAudit audit) {
        ObjectNode level(String level, String key, PoolSnapshot.Usage usage, Predicate<PoolAudit.Holder> which) {
            long revoked = audit.holders().stream()
                    .filter(which)
                    .filter(holder -> holder.status() == PoolAudit.Status.REVOKED)
                    .count();
            return level(level, key, usage, Math.toIntExact(revoked), which);
        }

        ObjectNode level(
                String level, String key, PoolSnapshot.Usage usage, int zombies, Predicate<PoolAudit.Holder> which) {
            ObjectNode json = levels.addObject()
                    .put("level", level)
                    .put("key", key)
                    .put("inUse", usage.inUse())
                    .put("limit", usage.limit())
                    .put("waiting", usage.waiting())
                    .put("zombies", zombies);
            ArrayNode holders = json.putArray("holders");
            audit.holders().stream()
                    .filter(which)
                    .forEach(holder -> holders.addObject()
                            .put("session", holder.session().value())
                            .put("call", holder.call().value())
                            .put("ageMs", holder.age().toMillis())
                            .put("state", holder.status().name().toLowerCase(Locale.ROOT)));
            return json;
        }
    }
}

package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.Exai;
import dev.exai.context.ProviderId;
import dev.exai.permit.PoolAudit;
import dev.exai.permit.PoolSnapshot;
import dev.exai.session.Session;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;

/** Tells what is in use at each level, and who holds it. A pool that is busy is healthy. Ids and numbers, no content. */
public final class PermitsReport {
    private final Exai exai;
    private final List<ProviderId> providers;

    /**
     * Creates the report.
     *
     * @param exai whose pool it tells of
     * @param providers its providers
     */
    public PermitsReport(Exai exai, List<ProviderId> providers) {
        this.exai = Objects.requireNonNull(exai, "exai");
        this.providers = List.copyOf(providers);
    }

    /** {@return how things stand now} */
    public ObjectNode json() {
        PoolSnapshot snapshot = exai.snapshot();
        PoolAudit audit = exai.audit();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("status", audit.isWhole() ? "ok" : "degraded");
        ArrayNode levels = json.putArray("levels");
        ObjectNode global = level(levels, "global", "", snapshot.global(), exai.zombies());
        holders(global, audit, holder -> true);
        for (ProviderId provider : providers) {
            snapshot.provider(provider).ifPresent(usage -> {
                ObjectNode level =
                        level(levels, "provider", provider.value(), usage, 0).put("paused", usage.isPaused());
                holders(level, audit, holder -> holder.provider().equals(provider));
            });
        }
        for (Session session : exai.sessions()) {
            snapshot.session(session.id()).ifPresent(usage -> {
                ObjectNode level = level(levels, "session", session.id().value(), usage, 0);
                holders(level, audit, holder -> holder.session().equals(session.id()));
            });
        }
        if (!audit.isWhole()) {
            audit.problems().forEach(json.putArray("problems")::add);
        }
        return json;
    }

    /** Zombies are counted in all: the ones of a single level are not told apart. */
    private static ObjectNode level(ArrayNode levels, String level, String key, PoolSnapshot.Usage usage, int zombies) {
        return levels.addObject()
                .put("level", level)
                .put("key", key)
                .put("inUse", usage.inUse())
                .put("limit", usage.limit())
                .put("waiting", usage.waiting())
                .put("zombies", zombies);
    }

    private static void holders(ObjectNode level, PoolAudit audit, Predicate<PoolAudit.Holder> which) {
        ArrayNode holders = level.putArray("holders");
        audit.holders().stream()
                .filter(which)
                .forEach(holder -> holders.addObject()
                        .put("session", holder.session().value())
                        .put("call", holder.call().value())
                        .put("ageMs", holder.age().toMillis())
                        .put("state", holder.status().name().toLowerCase(Locale.ROOT)));
    }
}

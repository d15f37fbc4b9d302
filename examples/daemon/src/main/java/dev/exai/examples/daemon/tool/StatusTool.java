package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.session.Session;
import java.util.Objects;

/** Tells what is in use and what waits, so that an agent can see why something takes its time. */
public final class StatusTool implements DaemonTool {
    private final PermitsReport report;

    /**
     * Creates the tool.
     *
     * @param report what it tells
     */
    public StatusTool(PermitsReport report) {
        this.report = Objects.requireNonNull(report, "report");
    }

    @Override
    public String name() {
        return "status";
    }

    @Override
    public String description() {
        return "Tells how busy the providers are, what waits, and who holds what.";
    }

    @Override
    public ObjectNode inputSchema() {
        return Schema.object().json();
    }

    @Override
    public ObjectNode outputSchema() {
        return Schema.result()
                .property("status", "string", "ok, also when busy; degraded if the count does not add up")
                .property(
                        "levels",
                        "array",
                        "global, each provider, model with a limit, session: in use, limit, waiting, zombies, holders")
                .json();
    }

    @Override
    public Job start(Session session, JsonNode arguments, JobListener listener) {
        ObjectNode json = report.json();
        StringBuilder text = new StringBuilder(json.path("status").asText()).append('\n');
        json.path("levels")
                .forEach(level -> text.append(level.path("level").asText())
                        .append(' ')
                        .append(level.path("key").asText())
                        .append(": ")
                        .append(level.path("inUse").asInt())
                        .append(" of ")
                        .append(level.path("limit").asInt())
                        .append(" in use, ")
                        .append(level.path("waiting").asInt())
                        .append(" waiting\n"));
        return new DoneJob(ToolResult.of(text.toString(), json));
    }
}

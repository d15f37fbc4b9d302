package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.exai.error.ExaiException;
import dev.exai.session.Session;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tools by name. Begins jobs, and logs a line when each ends: no content. Safe for use by many threads. */
public final class Toolbox {
    private static final Logger log = LoggerFactory.getLogger(Toolbox.class);

    private final Map<String, DaemonTool> tools;
    private volatile boolean draining;

    /**
     * Creates the toolbox.
     *
     * @param tools the tools, in the order they are listed
     */
    public Toolbox(List<DaemonTool> tools) {
        Map<String, DaemonTool> byName = new LinkedHashMap<>();
        tools.forEach(tool -> byName.put(tool.name(), tool));
        this.tools = byName;
    }

    /** {@return the tools} */
    public Collection<DaemonTool> tools() {
        return List.copyOf(tools.values());
    }

    /** Begins no more jobs; those under way go on. */
    public void drain() {
        draining = true;
    }

    /** {@return whether it still begins jobs} */
    public boolean isOpen() {
        return !draining;
    }

    /**
     * Begins a job. What is wrong with the request is a job too, one that is over with an error.
     *
     * @param session whose work it is
     * @param name the tool's name
     * @param arguments what it takes
     * @param listener who is told
     * @return the job
     */
    public Job start(Session session, String name, JsonNode arguments, JobListener listener) {
        long began = System.nanoTime();
        Job job = begin(session, name, arguments, listener);
        job.result().whenComplete((result, never) -> {
            if (result != null) {
                log(session, name, result, System.nanoTime() - began);
            }
        });
        return job;
    }

    private Job begin(Session session, String name, JsonNode arguments, JobListener listener) {
        DaemonTool tool = tools.get(name);
        if (tool == null) {
            return failed(new ToolError(
                    ToolError.TOOL_NOT_FOUND,
                    "no such tool; there are " + String.join(", ", tools.keySet()),
                    false,
                    null));
        }
        if (draining) {
            return failed(new ToolError(
                    ToolError.SERVICE_UNAVAILABLE, "the daemon is stopping; try again when it is back", true, null));
        }
        try {
            return tool.start(session, arguments, listener);
        } catch (ExaiException | IllegalArgumentException refused) {
            return failed(ToolError.of(refused));
        } catch (RuntimeException mistake) {
            log.error("The tool {} could not begin", name, mistake);
            return failed(ToolError.of(mistake));
        }
    }

    private static Job failed(ToolError error) {
        return new DoneJob(ToolResult.failed(error));
    }

    private void log(Session session, String name, ToolResult result, long nanos) {
        log.atInfo()
                .addKeyValue("tool", tools.containsKey(name) ? name : "unknown")
                .addKeyValue("session", session.id().value())
                .addKeyValue("provider", result.structured().path("provider").asText("-"))
                .addKeyValue("model", result.structured().path("model").asText("-"))
                .addKeyValue("outcome", result.error().map(ToolError::code).orElse("ok"))
                .addKeyValue("ms", nanos / 1_000_000)
                .log("call");
    }
}

package dev.exai.examples.daemon.mcp;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.context.Scheduler;
import dev.exai.examples.daemon.tool.DaemonTool;
import dev.exai.examples.daemon.tool.Job;
import dev.exai.examples.daemon.tool.JobListener;
import dev.exai.examples.daemon.tool.ToolResult;
import dev.exai.examples.daemon.tool.Toolbox;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Shows the toolbox to the SDK. */
public final class McpTools {
    private static final String INSTRUCTIONS = "Shares GLM and Kimi among agents. 'chat' asks a model; calls of all"
            + " agents wait for their turn fairly, and progress is told while one waits.";

    private final Toolbox toolbox;
    private final Scheduler scheduler;
    private final Duration interval;
    private final String version;
    private final ObjectMapper jackson = new ObjectMapper();

    /**
     * Creates it.
     *
     * @param toolbox what is offered
     * @param scheduler the clock
     * @param interval the time between two progress messages
     * @param version the daemon's version
     */
    public McpTools(Toolbox toolbox, Scheduler scheduler, Duration interval, String version) {
        this.toolbox = Objects.requireNonNull(toolbox, "toolbox");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.interval = Objects.requireNonNull(interval, "interval");
        this.version = Objects.requireNonNull(version, "version");
    }

    /**
     * Serves a transport with many clients.
     *
     * @param transport the transport
     * @return the SDK's server
     */
    public McpAsyncServer serve(McpStreamableServerTransportProvider transport) {
        return serve(McpServer.async(transport));
    }

    /**
     * Serves a transport with one client.
     *
     * @param transport the transport
     * @return the SDK's server
     */
    public McpAsyncServer serve(McpServerTransportProvider transport) {
        return serve(McpServer.async(transport));
    }

    private McpAsyncServer serve(McpServer.AsyncSpecification<?> server) {
        return server.serverInfo("exai-daemon", version)
                .instructions(INSTRUCTIONS)
                .capabilities(
                        McpSchema.ServerCapabilities.builder().tools(false).build())
                .validateToolInputs(false) // the tools check what they take, and say it as a result
                .tools(toolbox.tools().stream().map(this::specification).toList())
                .build();
    }

    private AsyncToolSpecification specification(DaemonTool tool) {
        McpSchema.Tool shown = McpSchema.Tool.builder(tool.name(), map(tool.inputSchema()))
                .description(tool.description())
                .outputSchema(map(tool.outputSchema()))
                .build();
        return AsyncToolSpecification.builder()
                .tool(shown)
                .callHandler((exchange, request) -> call(tool.name(), exchange, request))
                .build();
    }

    private Mono<McpSchema.CallToolResult> call(
            String name, McpAsyncServerExchange exchange, McpSchema.CallToolRequest request) {
        PendingCall call = (PendingCall) exchange.transportContext().get(PendingCall.KEY);
        return Mono.create(sink -> {
            Job job = toolbox.start(call.session(), name, jackson.valueToTree(request.arguments()), JobListener.NONE);
            call.attach(job);
            Progress progress = progress(exchange, request.progressToken(), job);
            job.result().whenComplete((result, never) -> {
                if (progress != null) {
                    progress.close();
                }
                if (result == null) {
                    sink.error(never);
                } else {
                    sink.success(toMcp(result));
                }
            });
        });
    }

    private @Nullable Progress progress(McpAsyncServerExchange exchange, @Nullable Object token, Job job) {
        return token == null ? null : Progress.begin(exchange, token, job, scheduler, interval);
    }

    private McpSchema.CallToolResult toMcp(ToolResult result) {
        return McpSchema.CallToolResult.builder(
                        List.of(McpSchema.TextContent.builder(result.text()).build()))
                .structuredContent(map(result.structured()))
                .isError(result.error().isPresent())
                .build();
    }

    private Map<String, Object> map(ObjectNode json) {
        return jackson.convertValue(json, new TypeReference<Map<String, Object>>() {});
    }
}

package dev.exai.examples.daemon.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exai.session.Session;

/** A tool that clients can call, by whatever protocol. */
public interface DaemonTool {
    /** {@return its name} */
    String name();

    /** {@return what it does, for the model that chooses} */
    String description();

    /** {@return the JSON schema of what it takes} */
    ObjectNode inputSchema();

    /** {@return the JSON schema of its structured result; an error has the property "error" alone} */
    ObjectNode outputSchema();

    /**
     * Begins.
     *
     * @param session whose work it is
     * @param arguments what it takes, as the client sent it
     * @param listener who is told
     * @return the job, which is under way
     * @throws IllegalArgumentException if the arguments make no sense; the message says what is wrong
     * @throws dev.exai.error.ExaiException if it is refused
     */
    Job start(Session session, JsonNode arguments, JobListener listener);
}

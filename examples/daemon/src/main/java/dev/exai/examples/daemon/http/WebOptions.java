package dev.exai.examples.daemon.http;

import java.time.Duration;

/**
 * Where to listen, and how much to take.
 *
 * @param host the address
 * @param port the port, 0 for any that is free
 * @param maxConnections connections that may be open at once
 * @param idle the time after which a silent connection is closed
 */
public record WebOptions(String host, int port, int maxConnections, Duration idle) {}

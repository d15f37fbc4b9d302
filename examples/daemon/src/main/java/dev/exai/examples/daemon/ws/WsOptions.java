package dev.exai.examples.daemon.ws;

import java.time.Duration;

/**
 * How WebSocket clients are served.
 *
 * @param maxBytes the most bytes of a message
 * @param hello the time a client has to say hello
 * @param idle the time after which a silent connection is closed
 * @param progress the time between two signs of life of a call
 * @param callTimeout the time that a call may take in all, which clients are told
 */
public record WsOptions(int maxBytes, Duration hello, Duration idle, Duration progress, Duration callTimeout) {}

/**
 * Fake servers on a loopback socket that speak the wire formats of GLM, Kimi and OpenAI, and follow a script.
 *
 * <p>Tests of transports and providers point a client at one, whoever wrote it, and read the server's own counts
 * afterwards. Waits are real time; nothing leaves the machine. TLS and HTTP/2 are options that need
 * libraries of their own.
 */
@NullMarked
package dev.exai.testkit.http;

import org.jspecify.annotations.NullMarked;

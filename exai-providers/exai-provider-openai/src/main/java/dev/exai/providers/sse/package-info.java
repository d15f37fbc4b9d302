/**
 * Cuts a stream of bytes into server-sent events.
 *
 * <p>The dialect above feeds it what the transport read. It knows nothing of HTTP and nothing of JSON, and it never
 * holds more than its limits allow, whatever a server sends.
 */
@NullMarked
package dev.exai.providers.sse;

import org.jspecify.annotations.NullMarked;

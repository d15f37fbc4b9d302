/**
 * Sends one request over HTTP and hands on what comes back, and says what statuses, headers and error texts mean.
 *
 * <p>The dialect above gives it a request and a reader. It keeps no limit but that of connecting, sends nothing
 * twice (but what went to a pooled connection that was dead), follows no redirect, and tells every reader exactly one
 * end.
 */
@NullMarked
package dev.exai.providers.http;

import org.jspecify.annotations.NullMarked;

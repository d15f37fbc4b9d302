/** The old daemon's protocol over WebSocket. */
@NullMarked
package dev.exai.examples.daemon.ws;

import org.jspecify.annotations.NullMarked;

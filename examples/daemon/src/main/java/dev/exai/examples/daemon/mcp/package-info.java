/** MCP over streamable HTTP and stdio: a transport for the official SDK that cancels, and expires sessions. */
@NullMarked
package dev.exai.examples.daemon.mcp;

import org.jspecify.annotations.NullMarked;

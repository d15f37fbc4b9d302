/** What the daemon offers: tools that begin as jobs of a session, whatever protocol asks. Knows no protocol. */
@NullMarked
package dev.exai.examples.daemon.tool;

import org.jspecify.annotations.NullMarked;

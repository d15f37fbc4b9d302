/** The smallest daemon to copy. */
@NullMarked
package dev.exai.examples.linedaemon;

import org.jspecify.annotations.NullMarked;

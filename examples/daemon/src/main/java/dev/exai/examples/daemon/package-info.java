/** A daemon on ExAI: its command line, its settings, and how it starts and stops. */
@NullMarked
package dev.exai.examples.daemon;

import org.jspecify.annotations.NullMarked;

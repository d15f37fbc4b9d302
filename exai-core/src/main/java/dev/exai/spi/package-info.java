/**
 * The contract of a provider: what a vendor implements, and nothing else.
 *
 * <p>A provider opens exchanges and pushes what comes back into a sink. It never waits for a permit, never retries,
 * and keeps no deadline: the rooms above do.
 */
@NullMarked
package dev.exai.spi;

import org.jspecify.annotations.NullMarked;

/**
 * The front door: an {@link dev.exai.Exai} owns the pool, the resolver, the providers and the threads, and opens
 * sessions.
 *
 * <p>This is the only room that wires the others. An application makes one and shares it.
 */
@NullMarked
package dev.exai;

import org.jspecify.annotations.NullMarked;

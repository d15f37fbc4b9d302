/**
 * What can go wrong, as one small sealed tree of unchecked exceptions: one class for each thing a caller can do
 * about it.
 *
 * <p>Every room above throws these; this room imports nothing. A message never holds a key, a prompt or a reply.
 */
@NullMarked
package dev.exai.error;

import org.jspecify.annotations.NullMarked;

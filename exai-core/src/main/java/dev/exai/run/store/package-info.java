/**
 * What keeps runs and tasks: the contract of a store, and one in memory.
 *
 * <p>A store takes records in order and gives them back; it does not know what they mean. Modules for databases implement
 * {@link dev.exai.run.store.RunStore}; applications choose one and hand it to the library.
 */
@NullMarked
package dev.exai.run.store;

import org.jspecify.annotations.NullMarked;

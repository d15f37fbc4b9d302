/**
 * Decides who may go: one ledger of permits over all levels at once (session, provider, global), granted fairly and
 * all or none.
 *
 * <p>The call engine asks here before each attempt, and tools through their context. A waiting request holds nothing
 * at any level and no thread; no code of a user runs under the pool's one lock.
 */
@NullMarked
package dev.exai.permit;

import org.jspecify.annotations.NullMarked;

/**
 * Knows how providers and their models do: circuit breakers, parked providers, retry budgets, and the health that follows
 * from them.
 *
 * <p>The attempts ask here before they ask a provider, and tell how it went. Nothing here waits, and nothing here asks a
 * provider.
 */
@NullMarked
package dev.exai.resilience;

import org.jspecify.annotations.NullMarked;

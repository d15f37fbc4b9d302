/**
 * Providers in the same process that do what a script says, at the moments that a scheduler tells.
 *
 * <p>Tests open exchanges through them as through a real provider, and read their own counts afterwards: what a
 * provider saw is the judge of what the library let through. Nothing here starts a thread.
 */
@NullMarked
package dev.exai.testkit.script;

import org.jspecify.annotations.NullMarked;

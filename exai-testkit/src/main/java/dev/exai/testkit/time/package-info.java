/**
 * Time that passes only when told: a clock moved by hand, and a whole system on one thread in an order that a seed
 * decides.
 *
 * <p>Tests hand these to whatever takes a {@link dev.exai.context.Scheduler}. Nothing here reads the real clock or
 * starts a thread.
 */
@NullMarked
package dev.exai.testkit.time;

import org.jspecify.annotations.NullMarked;

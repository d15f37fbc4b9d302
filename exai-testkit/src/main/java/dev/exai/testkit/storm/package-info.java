/**
 * A whole system in a storm of faults, and the invariants of the library checked while it lasts.
 *
 * <p>{@link dev.exai.testkit.storm.InvariantChecks} watches any system that runs in a simulation;
 * {@link dev.exai.testkit.storm.FaultStorm} is one that is made up by a seed. Nothing here reads the real clock or starts
 * a thread.
 */
@NullMarked
package dev.exai.testkit.storm;

import org.jspecify.annotations.NullMarked;

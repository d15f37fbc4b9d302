/**
 * Runs: work that goes on until it is done, step by step, with no limit of steps.
 *
 * <p>An application describes a {@link dev.exai.run.Workflow} once and starts a {@link dev.exai.run.Run} of it in a session,
 * with the {@link dev.exai.run.Budget} that it may spend. Each turn of the model and each function is a call of that session;
 * between them nothing is held. What goes in circles is told so, then stopped. Records of everything go to a store, from
 * which another process can go on.
 */
@NullMarked
package dev.exai.run;

import org.jspecify.annotations.NullMarked;

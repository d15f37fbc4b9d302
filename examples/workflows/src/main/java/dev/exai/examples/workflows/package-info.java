/**
 * Ready-made runs over the files of a folder, and how they look in a terminal.
 *
 * <p>{@link dev.exai.examples.workflows.ReadyRuns} is what others call: a name, an input, a session, and there is a run.
 */
@NullMarked
package dev.exai.examples.workflows;

import org.jspecify.annotations.NullMarked;

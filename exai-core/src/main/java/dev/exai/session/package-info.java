/**
 * Sessions: one caller's scope, the unit of fairness and of isolation.
 *
 * <p>An application opens a session for each agent and asks through it; closing it cancels whatever is left. Nothing
 * of one session holds up another.
 */
@NullMarked
package dev.exai.session;

import org.jspecify.annotations.NullMarked;

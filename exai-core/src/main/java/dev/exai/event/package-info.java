/**
 * What happened, told to listeners as values in matched pairs: every start has its end, every grant its return.
 *
 * <p>Listeners run on an executor of their own, never on a thread that carries a call. No event holds content.
 */
@NullMarked
package dev.exai.event;

import org.jspecify.annotations.NullMarked;

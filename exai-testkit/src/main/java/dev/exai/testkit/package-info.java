/**
 * The check that nothing is left over: no permit, no call, no open exchange, no thread.
 *
 * <p>Tests start it before they begin and ask it at their end, by hand or through
 * {@link dev.exai.testkit.junit.ExaiTest}. It knows no test library.
 */
@NullMarked
package dev.exai.testkit;

import org.jspecify.annotations.NullMarked;

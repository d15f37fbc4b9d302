/**
 * A fault at every step of a call.
 *
 * <p>The steps are those of the table of {@link dev.exai.call.CallState#next()}; the faults those of {@link
 * dev.exai.testkit.fault.Fault}. For each of both there is a cell: a call is brought to that step, the fault is put in,
 * and the end is judged. A provider or a tool of your own can be put in the place of the testkit's.
 */
@NullMarked
package dev.exai.testkit.fault;

import org.jspecify.annotations.NullMarked;

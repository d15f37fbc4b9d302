/**
 * What a permit, a wait and a grant cost, each beside a peer in the same run: {@link
 * dev.exai.examples.benchmarks.Measure} prints the table of docs/performance.md. Uncontended figures are JMH's; the others
 * come from two sides that take turns in one JVM.
 */
@NullMarked
package dev.exai.examples.benchmarks;

import org.jspecify.annotations.NullMarked;

/** JMH benchmarks, each beside a peer in the same run. */
@NullMarked
package dev.exai.examples.benchmarks;

import org.jspecify.annotations.NullMarked;

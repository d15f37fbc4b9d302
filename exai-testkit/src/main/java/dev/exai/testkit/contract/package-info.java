/**
 * Contracts that anyone's implementation can be run against: numbered rules, each with a verdict and its evidence. The
 * rules of a permit limiter stand in {@code docs/spec/permits.md}. Nothing here needs a test framework, and nothing
 * here knows a particular limiter.
 */
@NullMarked
package dev.exai.testkit.contract;

import org.jspecify.annotations.NullMarked;

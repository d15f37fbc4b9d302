/**
 * The contract of a provider, anyone's: numbered rules, each with a verdict and its evidence. They stand in
 * {@code docs/spec/providers.md}. Nothing here needs a test framework, and nothing here knows a particular provider.
 */
@NullMarked
package dev.exai.testkit.contract.provider;

import org.jspecify.annotations.NullMarked;

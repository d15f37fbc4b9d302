/**
 * The bridge to JUnit 5: gives tests what they need, and fails those that leave something over.
 *
 * <p>Needs {@code junit-jupiter-api}, which the module does not bring along.
 */
@NullMarked
package dev.exai.testkit.junit;

import org.jspecify.annotations.NullMarked;

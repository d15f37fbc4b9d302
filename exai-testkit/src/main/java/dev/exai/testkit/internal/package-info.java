/**
 * What the scripted providers and the fake servers have in common, and what the contracts have; not exported, and nobody else's business.
 */
@NullMarked
package dev.exai.testkit.internal;

import org.jspecify.annotations.NullMarked;

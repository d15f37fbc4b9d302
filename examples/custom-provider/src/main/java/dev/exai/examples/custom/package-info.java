/**
 * A provider for a protocol of its own: lines of text over a plain socket. {@code docs/providers.md} is all that was
 * read to write it. It has no thread but one for each exchange, and knows nothing of any other provider.
 */
@NullMarked
package dev.exai.examples.custom;

import org.jspecify.annotations.NullMarked;

/**
 * What is said to a model and what comes back: values only.
 *
 * <p>Every type here is immutable. No {@code toString} shows a prompt or a reply.
 */
@NullMarked
package dev.exai.message;

import org.jspecify.annotations.NullMarked;

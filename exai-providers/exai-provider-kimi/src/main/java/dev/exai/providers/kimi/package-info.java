/**
 * Chats with the models of Kimi.
 *
 * <p>An application passes a {@link KimiProvider} to the library, or leaves it to the environment to make one. It makes
 * one attempt when asked: it never waits for a permit, never tries again, and shows neither keys nor prompts nor replies
 * in anything it throws or logs.
 */
@NullMarked
package dev.exai.providers.kimi;

import org.jspecify.annotations.NullMarked;

/**
 * Chats with any endpoint that speaks the OpenAI-compatible dialect.
 *
 * <p>An application passes an {@link OpenAiProvider} to the library; a module for one vendor gives it a
 * {@link Dialect}. It makes one attempt when asked: it never waits for a permit, never tries again, and shows neither
 * keys nor prompts nor replies in anything it throws or logs.
 */
@NullMarked
package dev.exai.providers.openai;

import org.jspecify.annotations.NullMarked;

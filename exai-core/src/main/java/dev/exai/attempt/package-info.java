/**
 * Makes attempts at a provider until one succeeds, none is left, or the time is too short: the one retry layer.
 *
 * <p>The call engine starts a series of attempts and can stop it at any moment. Each attempt takes its own permit and
 * gives it back before anything else is decided; a series that backs off holds nothing.
 */
@NullMarked
package dev.exai.attempt;

import org.jspecify.annotations.NullMarked;

/**
 * Turns what was asked for ("auto", an alias, a model's id) into models of providers, in order of preference.
 *
 * <p>The call engine asks here before it asks for a permit, so a slow answer holds up nobody else. Nothing here holds
 * a permit or calls a model.
 */
@NullMarked
package dev.exai.model;

import org.jspecify.annotations.NullMarked;

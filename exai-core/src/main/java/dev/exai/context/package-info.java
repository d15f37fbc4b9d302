/**
 * What travels down the corridor with a call: its ids, its one deadline, where it came from, and the only clock.
 *
 * <p>Every room above uses these; nothing here knows what a call does.
 */
@NullMarked
package dev.exai.context;

import org.jspecify.annotations.NullMarked;

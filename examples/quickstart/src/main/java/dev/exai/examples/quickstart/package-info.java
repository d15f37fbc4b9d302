/** The ten lines of the README as a program. */
@NullMarked
package dev.exai.examples.quickstart;

import org.jspecify.annotations.NullMarked;

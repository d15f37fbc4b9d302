/** The four failures of the incident, played over real sockets, and what ExAI makes of each. */
@NullMarked
package dev.exai.examples.incident;

import org.jspecify.annotations.NullMarked;

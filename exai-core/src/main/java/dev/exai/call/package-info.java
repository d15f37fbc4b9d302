/**
 * Calls: something asked for that is under way, from the moment it is started to its one end.
 *
 * <p>Sessions start calls here. Each call walks the corridor (resolve, queue, attempt) inside one deadline, can be
 * cancelled from anywhere, and has given everything back before anyone can see that it ended.
 */
@NullMarked
package dev.exai.call;

import org.jspecify.annotations.NullMarked;

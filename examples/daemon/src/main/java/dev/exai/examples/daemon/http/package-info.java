/** What stands around every HTTP request: who may ask, how much, for how long; health and metrics. */
@NullMarked
package dev.exai.examples.daemon.http;

import org.jspecify.annotations.NullMarked;

/**
 * Turns records into JSON, JSON schemas and back, and reads JSON text that came from elsewhere within limits.
 *
 * <p>Tools use the codecs for what they take and give; the provider modules use the reader for what a server sent. No
 * error of this package shows a part of the text that it is about.
 */
@NullMarked
package dev.exai.json;

import org.jspecify.annotations.NullMarked;

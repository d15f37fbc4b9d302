/**
 * Shows a Micrometer registry what ExAI holds and how its calls end. Applications that have a registry call it; it
 * decides nothing and holds nothing.
 */
@NullMarked
package dev.exai.micrometer;

import org.jspecify.annotations.NullMarked;

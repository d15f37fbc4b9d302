/**
 * Runs and tasks in a database: SQLite in a file for one process, PostgreSQL for several.
 *
 * <p>An application makes one {@link dev.exai.store.jdbc.JdbcRunStore} and hands it to {@code Exai.runs}. Nothing here knows what
 * records mean.
 */
@NullMarked
package dev.exai.store.jdbc;

import org.jspecify.annotations.NullMarked;

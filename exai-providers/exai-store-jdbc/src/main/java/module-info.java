/** Runs and tasks of ExAI in SQLite or PostgreSQL, over JDBC. */
@org.jspecify.annotations.NullMarked
module dev.exai.store.jdbc {
    requires transitive dev.exai.core;
    requires transitive java.sql;
    requires com.zaxxer.hikari;
    requires org.slf4j;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;

    exports dev.exai.store.jdbc;
}

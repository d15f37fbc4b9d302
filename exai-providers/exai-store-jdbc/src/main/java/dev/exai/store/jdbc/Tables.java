package dev.exai.store.jdbc;

import dev.exai.context.RunId;
import dev.exai.context.SessionId;
import dev.exai.message.Usage;
import dev.exai.run.store.RunRecord;
import dev.exai.run.store.RunStoreException;
import dev.exai.run.store.RunTask;
import dev.exai.run.store.RunWrite;
import dev.exai.run.store.StoredRun;
import dev.exai.run.store.TaskFilter;
import dev.exai.run.store.TaskState;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements. None of them commits. */
final class Tables {
    private static final String TASK = "id, name, state, parent, owner";
    private static final String PUT =
            "INSERT INTO exai_task (id, name, state, parent, owner, writer) VALUES (?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (id) DO UPDATE SET name = excluded.name, state = excluded.state, parent = excluded.parent,"
                    + " owner = excluded.owner, updated_at = CURRENT_TIMESTAMP WHERE exai_task.writer = excluded.writer";
    private static final String ADD =
            "INSERT INTO exai_record (task, number, kind, ref, name, text, detail, prompt_tokens,"
                    + " cached_tokens, completion_tokens, reasoning_tokens, cost, elapsed_millis)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task, number) DO NOTHING";
    private static final String RECORDS = "SELECT number, kind, ref, name, text, detail, prompt_tokens, cached_tokens,"
            + " completion_tokens, reasoning_tokens, cost, elapsed_millis FROM exai_record WHERE task = ? ORDER BY number";

    private Tables() {}

    static void write(Connection connection, RunWrite write) throws SQLException {
        RunTask task = write.task();
        try (PreparedStatement put = connection.prepareStatement(PUT)) {
            put.setString(1, Texts.encode(task.id().value()));
            put.setString(2, Texts.encode(task.name()));
            put.setString(3, task.state().name());
            put.setString(4, Texts.encodeOrNull(task.parent().map(RunId::value).orElse(null)));
            put.setString(
                    5, Texts.encodeOrNull(task.owner().map(SessionId::value).orElse(null)));
            put.setLong(6, write.writer());
            if (put.executeUpdate() == 0) {
                throw new RunStoreException(
                        RunStoreException.Kind.TAKEN_OVER,
                        "run " + task.id() + " was taken over, or its id is in use",
                        null);
            }
        }
        if (write.records().isEmpty()) {
            return;
        }
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            for (RunRecord record : write.records()) {
                bind(add, task.id(), record);
                add.addBatch();
            }
            add.executeBatch();
        }
    }

    private static void bind(PreparedStatement add, RunId id, RunRecord record) throws SQLException {
        int column = 0;
        add.setString(++column, Texts.encode(id.value()));
        add.setLong(++column, record.number());
        add.setString(++column, record.kind().name());
        add.setString(++column, Texts.encode(record.ref()));
        add.setString(++column, Texts.encode(record.name()));
        add.setString(++column, Texts.encode(record.text()));
        add.setString(++column, Texts.encodeOrNull(record.detail().orElse(null)));
        add.setLong(++column, record.usage().promptTokens());
        add.setLong(++column, record.usage().cachedTokens());
        add.setLong(++column, record.usage().completionTokens());
        add.setLong(++column, record.usage().reasoningTokens());
        add.setString(++column, record.cost().toPlainString());
        add.setLong(++column, record.elapsed().toMillis());
    }

    static Optional<StoredRun> claim(Connection connection, RunId id, long writer, SessionId owner)
            throws SQLException {
        try (PreparedStatement take = connection.prepareStatement(
                "UPDATE exai_task SET writer = ?, owner = ?, updated_at = CURRENT_TIMESTAMP WHERE id = ?")) {
            take.setLong(1, writer);
            take.setString(2, Texts.encode(owner.value()));
            take.setString(3, Texts.encode(id.value()));
            take.executeUpdate();
        }
        return read(connection, id);
    }

    static Optional<StoredRun> read(Connection connection, RunId id) throws SQLException {
        RunTask task;
        try (PreparedStatement find = connection.prepareStatement("SELECT " + TASK + " FROM exai_task WHERE id = ?")) {
            find.setString(1, Texts.encode(id.value()));
            try (ResultSet found = find.executeQuery()) {
                if (!found.next()) {
                    return Optional.empty();
                }
                task = task(found);
            }
        }
        List<RunRecord> records = new ArrayList<>();
        try (PreparedStatement find = connection.prepareStatement(RECORDS)) {
            find.setString(1, Texts.encode(id.value()));
            try (ResultSet found = find.executeQuery()) {
                while (found.next()) {
                    records.add(record(found));
                }
            }
        }
        return Optional.of(StoredRun.of(task, records));
    }

    static List<RunTask> tasks(Connection connection, TaskFilter filter) throws SQLException {
        StringBuilder sql = new StringBuilder("SELECT " + TASK + " FROM exai_task WHERE 1 = 1");
        List<String> values = new ArrayList<>();
        condition(sql, values, "state", filter.state().map(TaskState::name).orElse(null));
        condition(sql, values, "parent", filter.parent().map(RunId::value).orElse(null));
        condition(sql, values, "owner", filter.owner().map(SessionId::value).orElse(null));
        sql.append(" ORDER BY place");
        List<RunTask> tasks = new ArrayList<>();
        try (PreparedStatement find = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < values.size(); i++) {
                find.setString(i + 1, Texts.encode(values.get(i)));
            }
            try (ResultSet found = find.executeQuery()) {
                while (found.next()) {
                    tasks.add(task(found));
                }
            }
        }
        return tasks;
    }

    private static void condition(StringBuilder sql, List<String> values, String column, @Nullable String value) {
        if (value != null) {
            sql.append(" AND ").append(column).append(" = ?");
            values.add(value);
        }
    }

    static void delete(Connection connection, RunId id) throws SQLException {
        for (String sql : List.of("DELETE FROM exai_record WHERE task = ?", "DELETE FROM exai_task WHERE id = ?")) {
            try (PreparedStatement delete = connection.prepareStatement(sql)) {
                delete.setString(1, Texts.encode(id.value()));
                delete.executeUpdate();
            }
        }
    }

    private static RunTask task(ResultSet found) throws SQLException {
        String parent = Texts.decodeOrNull(found.getString(4));
        String owner = Texts.decodeOrNull(found.getString(5));
        return RunTask.of(RunId.of(Texts.decode(found.getString(1))), Texts.decode(found.getString(2)))
                .withState(TaskState.valueOf(found.getString(3)))
                .withParent(parent == null ? null : RunId.of(parent))
                .withOwner(owner == null ? null : SessionId.of(owner));
    }

    private static RunRecord record(ResultSet found) throws SQLException {
        return RunRecord.builder(found.getLong(1), RunRecord.Kind.valueOf(found.getString(2)))
                .ref(Texts.decode(found.getString(3)))
                .name(Texts.decode(found.getString(4)))
                .text(Texts.decode(found.getString(5)))
                .detail(Texts.decodeOrNull(found.getString(6)))
                .spent(
                        Usage.of(found.getLong(7), found.getLong(8), found.getLong(9), found.getLong(10)),
                        new BigDecimal(found.getString(11)))
                .elapsed(Duration.ofMillis(found.getLong(12)))
                .build();
    }
}

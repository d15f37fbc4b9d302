-- Tasks, of which runs are some; writer is the number of the one who may write a run, 0 for other tasks.
CREATE TABLE exai_task (
  place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  parent TEXT,
  owner TEXT,
  writer BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX exai_task_state ON exai_task (state);
CREATE INDEX exai_task_parent ON exai_task (parent);
-- What happened in a run, in order.
CREATE TABLE exai_record (
  task TEXT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  detail TEXT,
  prompt_tokens BIGINT NOT NULL,
  cached_tokens BIGINT NOT NULL,
  completion_tokens BIGINT NOT NULL,
  reasoning_tokens BIGINT NOT NULL,
  cost TEXT NOT NULL,
  elapsed_millis BIGINT NOT NULL,
  PRIMARY KEY (task, number)
);

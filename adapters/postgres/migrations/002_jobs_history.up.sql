-- Jobs that have ended.
CREATE TABLE jobs_history (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id text NOT NULL UNIQUE,
  kind text NOT NULL,
  state text NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz, -- null: it never ran
  finished_at timestamptz NOT NULL,
  attempts bigint NOT NULL,
  worker text NOT NULL,
  error text NOT NULL,
  run_id text NOT NULL,
  request text NOT NULL
);
CREATE INDEX jobs_history_by_time ON jobs_history (finished_at DESC, sequence DESC);
CREATE INDEX jobs_history_by_state ON jobs_history (state, finished_at DESC, sequence DESC);
CREATE INDEX jobs_history_by_kind ON jobs_history (kind, finished_at DESC, sequence DESC);

-- Finished backtests. Trades and curves are files, in the folder of the daemon that ran them.
CREATE TABLE backtest_results (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- orders runs of one instant
  run_id text NOT NULL UNIQUE,
  mode text NOT NULL,
  strategy text NOT NULL,
  parameters json NOT NULL, -- not jsonb: 2.0 must not become 2
  start_date text NOT NULL, -- as the request has it
  end_date text NOT NULL,
  timeframe text NOT NULL,
  total_signals bigint NOT NULL,
  execution_seconds double precision,
  description text NOT NULL,
  executed_at timestamptz NOT NULL,
  environment text NOT NULL,
  execution_host text NOT NULL,
  fingerprint text NOT NULL -- empty: unknown
);
CREATE INDEX backtest_results_by_time ON backtest_results (executed_at DESC, sequence DESC);
CREATE INDEX backtest_results_by_fingerprint
  ON backtest_results (fingerprint, executed_at DESC, sequence DESC) WHERE fingerprint <> '';

CREATE TABLE backtest_result_symbols (
  run bigint NOT NULL REFERENCES backtest_results (sequence) ON DELETE CASCADE,
  position integer NOT NULL,
  symbol text NOT NULL,
  is_active boolean NOT NULL,
  candles bigint NOT NULL,
  signals bigint NOT NULL,
  win_rate double precision, -- 0..1
  avg_return_pct double precision,
  max_drawdown_pct double precision, -- positive
  avg_hold_bars double precision,
  PRIMARY KEY (run, position),
  UNIQUE (run, symbol)
);

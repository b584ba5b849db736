-- How far the collection of candles has come.
CREATE TABLE candle_collection_status (
  symbol text NOT NULL,
  timeframe text NOT NULL,
  last_candle timestamptz, -- its open time; null: none yet
  updated_at timestamptz NOT NULL,
  error text NOT NULL,
  PRIMARY KEY (symbol, timeframe)
);

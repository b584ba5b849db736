-- Parameters of strategies under a name. Listed by the bytes of their names, whatever the locale.
CREATE TABLE strategy_presets (
  name text COLLATE "C" PRIMARY KEY,
  strategy text NOT NULL,
  parameters json NOT NULL,
  description text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);

DROP TABLE strategy_presets;

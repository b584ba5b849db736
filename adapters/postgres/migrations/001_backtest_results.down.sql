DROP TABLE backtest_result_symbols;
DROP TABLE backtest_results;

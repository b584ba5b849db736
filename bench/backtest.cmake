hts_add_benchmark(backtest
                  SOURCES backtest.cpp
                  DEPENDS engine/time engine/market engine/strategies engine/backtest engine/backtest/control
                          engine/backtest/portfolio engine/backtest/statistics engine/backtest/sweep adapters/threads config)

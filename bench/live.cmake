hts_add_benchmark(live
                  SOURCES live.cpp
                  DEPENDS engine/result engine/time engine/market engine/ports adapters/feed adapters/binance adapters/upbit)

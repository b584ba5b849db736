hts_add_benchmark(live
                  SOURCES live.cpp live_crowd.cpp live_exchange.cpp live_parts.cpp live_signals.cpp live_throughput.cpp
                  DEPENDS engine/result engine/time engine/market engine/strategies engine/paper engine/ports engine/runtime actors adapters/archive
                          adapters/binance adapters/disk adapters/feed adapters/journal adapters/parquet adapters/sqlite adapters/upbit config
                          config/live config/wiring
                  LIBRARIES OpenSSL::Crypto)
add_dependencies(bench_live hts)
target_compile_definitions(bench_live PRIVATE HTS_PROGRAM="$<TARGET_FILE:hts>")

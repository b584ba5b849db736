hts_add_benchmark(data
                  SOURCES data.cpp data_catalog.cpp data_stream.cpp
                  DEPENDS engine/time engine/market engine/strategies engine/backtest engine/ports adapters/csv adapters/parquet)
# Its own headers, without opening the whole project to it.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include/bench_data)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/bench ${CMAKE_BINARY_DIR}/include/bench_data/bench SYMBOLIC)
target_include_directories(bench_data PRIVATE ${CMAKE_BINARY_DIR}/include/bench_data)

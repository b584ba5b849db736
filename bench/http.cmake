hts_add_benchmark(http SOURCES http.cpp http_load.cpp http_process.cpp)
target_compile_definitions(bench_http PRIVATE HTS_BENCH_FOLDER="${CMAKE_CURRENT_SOURCE_DIR}")
add_dependencies(bench_http hts)
